package functions

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"hash"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// cryptoFunctions encrypt, sign and encode binary values.
var cryptoFunctions = []*logical.Function{
	{
		Name:     "aes_encrypt",
		Usage:    "aes_encrypt(expr, key[, mode[, padding[, iv[, aad]]]]) - expr encrypted by AES in mode GCM, CBC or ECB; a random initialization vector unless one is given stands first.",
		Examples: []logical.Example{{SQL: "SELECT base64(aes_encrypt('Spark SQL', '1234567890abcdef', 'ECB', 'PKCS'))", Result: "3lmwu+Mw0H3fi5NDvcu9lg=="}},
		Type: optional("aes_encrypt", 2, columnar.BinaryType, columnar.BinaryType, columnar.BinaryType, columnar.StringType, columnar.StringType,
			columnar.BinaryType, columnar.BinaryType),
		Params: []logical.Param{{}, {}, {Default: logical.Lit("GCM")}, {Default: logical.Lit("DEFAULT")}, {Default: logical.Lit("")}, {Default: logical.Lit("")}},
		Kind: text(columnar.BinaryType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			c, err := newAES("aes_encrypt", args, r)
			if err != nil {
				return dst, false, err
			}
			dst, err = c.encrypt(dst, columnar.StringAt(args[0], r), columnar.StringAt(args[4], r), columnar.StringAt(args[5], r))
			return dst, true, err
		}),
	},
	decryptFunction("aes_decrypt", false), decryptFunction("try_aes_decrypt", true),
	{
		Name:     "hmac",
		Usage:    "hmac(key, message[, algorithm]) - the keyed-hash message authentication code, by SHA-256 unless another of the SHA family is named.",
		Examples: []logical.Example{{SQL: "SELECT hex(hmac('key', 'message'))", Result: "6E9EF29B75FFFC5B7ABAE527D58FDADB2FE42E7219011976917343065F58ED4A"}},
		Type:     optional("hmac", 2, columnar.BinaryType, columnar.BinaryType, columnar.BinaryType, columnar.StringType),
		Params:   []logical.Param{{}, {}, {Default: logical.Lit("SHA-256")}},
		Kind: text(columnar.BinaryType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			name := columnar.StringAt(args[2], r)
			newHash := hmacHashes[strings.ReplaceAll(strings.ToUpper(name), "-", "")]
			if newHash == nil {
				return dst, false, columnar.Errorf("INVALID_PARAMETER_VALUE.HMAC_ALGORITHM", "The value of parameter(s) `algorithm` in `hmac` is invalid: expects SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512, but got %q.", name)
			}
			h := hmac.New(newHash, []byte(columnar.StringAt(args[0], r)))
			h.Write([]byte(columnar.StringAt(args[1], r)))
			return h.Sum(dst), true, nil
		}),
	},
	{
		Name:     "to_base32",
		Usage:    "to_base32(expr) - expr in base 32.",
		Examples: []logical.Example{{SQL: "SELECT to_base32('foobar')", Result: "MZXW6YTBOI======"}},
		Type:     fixed("to_base32", columnar.StringType, columnar.BinaryType),
		Kind:     digest(base32.StdEncoding.AppendEncode),
	},
	{
		Name:     "from_base32",
		Usage:    "from_base32(str) - the binary value that a text in base 32 stands for.",
		Examples: []logical.Example{{SQL: "SELECT from_base32('MZXW6YTBOI======')", Result: "foobar"}},
		Type:     fixed("from_base32", columnar.BinaryType, columnar.StringType),
		Kind: text(columnar.BinaryType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			s := columnar.StringAt(args[0], r)
			out, err := base32.StdEncoding.AppendDecode(dst, []byte(s))
			if err != nil {
				return dst, false, columnar.Errorf("CONVERSION_INVALID_INPUT", "The value '%s' (\"STRING\") cannot be converted to \"BINARY\" because it is malformed.", s)
			}
			return out, true, nil
		}),
	},
}

var hmacHashes = map[string]func() hash.Hash{
	"SHA1": sha1.New, "SHA224": sha256.New224, "SHA256": sha256.New, "SHA384": sha512.New384, "SHA512": sha512.New,
}

// decryptFunction is aes_decrypt, or the function that gives NULL in place of its errors.
func decryptFunction(name string, try bool) *logical.Function {
	return &logical.Function{
		Name:     name,
		Usage:    name + "(expr, key[, mode[, padding[, aad]]]) - what aes_encrypt has encrypted.",
		Examples: []logical.Example{{SQL: "SELECT " + name + "(unhex('83F16B2AA704794132802D248E6BFD4E380078182D1544813898AC97E709B28A94'), '0000111122223333')", Result: "Spark"}},
		Type:     optional(name, 2, columnar.BinaryType, columnar.BinaryType, columnar.BinaryType, columnar.StringType, columnar.StringType, columnar.BinaryType),
		Params:   []logical.Param{{}, {}, {Default: logical.Lit("GCM")}, {Default: logical.Lit("DEFAULT")}, {Default: logical.Lit("")}},
		Nullable: alwaysNullable,
		Kind: text(columnar.BinaryType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			c, err := newAES("aes_decrypt", args, r)
			if err == nil {
				dst, err = c.decrypt(dst, columnar.StringAt(args[0], r), columnar.StringAt(args[4], r))
			}
			if err != nil && try {
				return dst[:0], false, nil
			}
			return dst, true, err
		}),
	}
}

// aesCipher is AES with a key and a mode.
type aesCipher struct {
	cipher.Block
	name, mode string
}

// newAES takes the key from the second argument, the mode from the third and the padding from the fourth.
func newAES(name string, args []columnar.Vector, r int) (aesCipher, error) {
	key := columnar.StringAt(args[1], r)
	mode, padding := strings.ToUpper(columnar.StringAt(args[2], r)), strings.ToUpper(columnar.StringAt(args[3], r))
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return aesCipher{}, columnar.Errorf("INVALID_PARAMETER_VALUE.AES_KEY_LENGTH", "The value of parameter(s) `key` in `%s` is invalid: expects a binary value with 16, 24 or 32 bytes, but got %d bytes.", name, len(key))
	}
	natural := map[string]string{"GCM": "NONE", "CBC": "PKCS", "ECB": "PKCS"}[mode]
	if natural == "" || padding != "DEFAULT" && padding != natural {
		return aesCipher{}, columnar.Errorf("UNSUPPORTED_FEATURE.AES_MODE", "The feature is not supported: AES-%s with the padding %s by the `%s` function.", mode, padding, name)
	}
	return aesCipher{block, name, mode}, nil
}

// failed is the error of data that cannot be decrypted.
func (c aesCipher) failed(why string) error {
	return columnar.Errorf("INVALID_PARAMETER_VALUE.AES_CRYPTO_ERROR", "The value of parameter(s) `expr`, `key` in `%s` is invalid: detail message: %s.", c.name, why)
}

// ivSize is the length of the mode's initialization vector.
func (c aesCipher) ivSize() int {
	return map[string]int{"GCM": 12, "CBC": aes.BlockSize}[c.mode]
}

// encrypt appends the initialization vector and the encrypted data.
func (c aesCipher) encrypt(dst []byte, data, iv, aad string) ([]byte, error) {
	if iv != "" && len(iv) != c.ivSize() {
		return dst, columnar.Errorf("INVALID_PARAMETER_VALUE.AES_IV_LENGTH", "The value of parameter(s) `iv` in `%s` is invalid: supports %d-byte %s IVs, but got %d bytes.", c.name, c.ivSize(), c.mode, len(iv))
	}
	if aad != "" && c.mode != "GCM" {
		return dst, columnar.Errorf("UNSUPPORTED_FEATURE.AES_MODE_AAD", "The feature is not supported: `%s` with AES-%s does not support additional authenticate data (AAD).", c.name, c.mode)
	}
	vector := []byte(iv)
	if iv == "" {
		vector = make([]byte, c.ivSize())
		rand.Read(vector) // never fails
	}
	dst = append(dst, vector...)
	if c.mode == "GCM" {
		gcm, err := cipher.NewGCM(c.Block)
		if err != nil {
			return dst, err
		}
		return gcm.Seal(dst, vector, []byte(data), []byte(aad)), nil
	}
	pad := aes.BlockSize - len(data)%aes.BlockSize
	plain := append([]byte(data), strings.Repeat(string([]byte{byte(pad)}), pad)...)
	c.blocks(vector, plain, true)
	return append(dst, plain...), nil
}

// blocks encrypts or decrypts whole blocks in place.
func (c aesCipher) blocks(iv, data []byte, encrypt bool) {
	switch {
	case c.mode == "CBC" && encrypt:
		cipher.NewCBCEncrypter(c.Block, iv).CryptBlocks(data, data)
	case c.mode == "CBC":
		cipher.NewCBCDecrypter(c.Block, iv).CryptBlocks(data, data)
	default:
		for b := data; len(b) > 0; b = b[aes.BlockSize:] {
			if encrypt {
				c.Block.Encrypt(b, b)
			} else {
				c.Block.Decrypt(b, b)
			}
		}
	}
}

func (c aesCipher) decrypt(dst []byte, data, aad string) ([]byte, error) {
	if len(data) < c.ivSize() {
		return dst, c.failed("the input is too short")
	}
	iv, body := []byte(data[:c.ivSize()]), []byte(data[c.ivSize():])
	if c.mode == "GCM" {
		gcm, err := cipher.NewGCM(c.Block)
		if err != nil {
			return dst, err
		}
		out, err := gcm.Open(dst, iv, body, []byte(aad))
		if err != nil {
			return dst, c.failed("Tag mismatch")
		}
		return out, nil
	}
	if len(body) == 0 || len(body)%aes.BlockSize != 0 {
		return dst, c.failed("Input length must be multiple of 16 when decrypting with padded cipher")
	}
	c.blocks(iv, body, false)
	pad := int(body[len(body)-1])
	if pad == 0 || pad > aes.BlockSize || strings.Trim(string(body[len(body)-pad:]), string([]byte{byte(pad)})) != "" {
		return dst, c.failed("Given final block not properly padded. Such issues can arise if a bad key is used during decryption")
	}
	return append(dst, body[:len(body)-pad]...), nil
}
