// The programs of programs.go in Spark's shell: spark-shell -i rdd.scala, with SCALE, RUNS and WORDS in the environment.
object Mixing extends Serializable {
  def mix(x: Long): Long = {
    var z = x + 0x9E3779B97F4A7C15L
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL
    z ^ (z >>> 31)
  }
  def key(x: Long, k: Long): Long = (mix(x) >>> 1) % k
}
val scale = sys.env("SCALE").toDouble
val runs = sys.env("RUNS").toInt
val only = sys.env.getOrElse("ONLY", "")
val parts = 4
def program(name: String, records: Double)(f: Long => Long): Unit = if (name.contains(only)) {
  val n = (records * scale).toLong
  for (i <- 0 until runs) {
    System.gc()
    val begin = System.nanoTime
    val answer = f(n)
    if (i > 0) println(f"RESULT\t$name\t$n\t${(System.nanoTime - begin) / 1e6}%.1f\t$answer")
  }
}
def numbers(n: Long) = sc.range(0, n, 1, parts)
def keyed(n: Long, first: Long, k: Long) = numbers(n).map(i => (Mixing.key(i + first, k), i))
program("sum of map", 200e6)(n => numbers(n).map(_ * 2L).reduce(_ + _))
program("filter and count", 200e6)(n => numbers(n).filter(_ % 3 == 0).count())
program("reduceByKey", 20e6)(n => keyed(n, 0, n / 20).reduceByKey(_ + _, parts).count())
program("groupByKey", 10e6)(n => keyed(n, 0, n / 10).groupByKey(parts).map(_._2.size.toLong).reduce(_ + _))
program("sortByKey", 20e6)(n => numbers(n).map(i => (Mixing.mix(i), i)).sortByKey(true, parts).count())
program("join", 10e6)(n => keyed(n / 2, 0, n / 2).join(keyed(n / 2, 7000000L, n / 2), parts).count())
program("distinct", 20e6)(n => numbers(n).map(i => Mixing.key(i, n / 20)).distinct(parts).count())
program("word count", 50e6)(_ => sc.textFile(sys.env("WORDS"), parts).flatMap(_.split(" ")).map((_, 1L)).reduceByKey(_ + _, parts).count())
program("pagerank, 100 iterations", 1e6) { n =>
  val links = numbers(n).map(i => (Mixing.key(i, n / 10), Mixing.key(i + 7000000L, n / 10))).groupByKey(parts).cache()
  var ranks = links.mapValues(_ => 1.0)
  for (_ <- 0 until 100) {
    val shares = links.join(ranks).values.flatMap { case (to, rank) => val share = rank / to.size; to.map((_, share)) }
    ranks = shares.reduceByKey(_ + _, parts).mapValues(sum => 0.15 + 0.85 * sum)
  }
  val sum = ranks.values.collect().sorted.sum
  links.unpersist(true)
  math.round(sum)
}
println(s"VERSION\tSpark ${sc.version}, Scala ${scala.util.Properties.versionNumberString}, Java ${System.getProperty("java.version")}")
scala.io.Source.fromFile("/proc/self/status").getLines().filter(_.startsWith("VmHWM")).foreach(l => println("VmHWM\t" + l.split("\\s+")(1)))
System.exit(0)
