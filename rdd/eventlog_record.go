package rdd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// eventLogVersion is the version of Spark whose form the records have.
const eventLogVersion = "4.3.0"

// record is a line of the log, or a part of one.
type record map[string]any

// eventRecord is e as Spark writes it; nil for events that Spark does not log.
func eventRecord(e Event) any {
	switch e := e.(type) {
	case *JobStart:
		return jobStartRecord(e)
	case *JobEnd:
		return record{"Event": "SparkListenerJobEnd", "Job ID": e.Job, "Completion Time": e.Time.UnixMilli(),
			"Job Result": jobResult(e.Err)}
	case *StageSubmitted:
		return record{"Event": "SparkListenerStageSubmitted", "Stage Info": stageRecord(&e.StageInfo, e.Time),
			"Properties": stageProperties(&e.StageInfo)}
	case *StageCompleted:
		return stageCompletedRecord(e)
	case *TaskStart:
		return record{"Event": "SparkListenerTaskStart", "Stage ID": e.Stage.ID, "Stage Attempt ID": e.Stage.Attempt,
			"Task Info": taskRecord(&e.TaskInfo, e.Time)}
	case *TaskEnd:
		return taskEndRecord(e)
	case *BlockUpdated:
		return blockRecord(e)
	case *ExecutorAdded:
		return record{"Event": "SparkListenerExecutorAdded", "Timestamp": time.Now().UnixMilli(), "Executor ID": e.Executor,
			"Executor Info": record{"Host": e.Host, "Total Cores": e.Slots, "Log Urls": record{}, "Attributes": record{},
				"Resources": record{}, "Resource Profile Id": 0}}
	case *ExecutorLost:
		return executorRemoved(e.Executor, e.Reason)
	case *ExecutorDecommissioned:
		return executorRemoved(e.Executor, "decommissioned; "+e.Heir+" has what it held")
	case *ExecutorExcluded:
		return excludedRecord(e)
	case *ExecutorUnexcluded:
		return record{"Event": sparkEvents + "SparkListenerExecutorUnexcluded", "time": time.Now().UnixMilli(), "executorId": e.Executor}
	}
	return nil
}

func executorRemoved(id, reason string) record {
	return record{"Event": "SparkListenerExecutorRemoved", "Timestamp": time.Now().UnixMilli(), "Executor ID": id,
		"Removed Reason": reason}
}

// sparkEvents is where the events are whose names Spark writes whole.
const sparkEvents = "org.apache.spark.scheduler."

func excludedRecord(e *ExecutorExcluded) record {
	r := record{"Event": sparkEvents + "SparkListenerExecutorExcluded", "time": time.Now().UnixMilli(), "executorId": e.Executor,
		"taskFailures": e.Failures}
	if e.Stage >= 0 {
		r["Event"], r["stageId"], r["stageAttemptId"] = sparkEvents+"SparkListenerExecutorExcludedForStage", e.Stage, 0
	}
	return r
}

func logStart() record {
	return record{"Event": "SparkListenerLogStart", "Spark Version": eventLogVersion}
}

func applicationStart(name, id string, at time.Time) record {
	return record{"Event": "SparkListenerApplicationStart", "App Name": name, "App ID": id, "Timestamp": at.UnixMilli(), "User": ""}
}

func applicationEnd(at time.Time) record {
	return record{"Event": "SparkListenerApplicationEnd", "Timestamp": at.UnixMilli()}
}

// jobStartRecord has no stages: they are numbered when they are submitted, and name their job in their properties.
func jobStartRecord(e *JobStart) record {
	return record{"Event": "SparkListenerJobStart", "Job ID": e.Job, "Submission Time": e.Time.UnixMilli(),
		"Stage Infos": []any{}, "Stage IDs": []int{},
		"Properties": record{"spark.jobGroup.id": e.Group, "spark.job.tags": e.Tag,
			"spark.job.description": cmp.Or(e.Description, e.Name)}}
}

func jobResult(err error) record {
	if err == nil {
		return record{"Result": "JobSucceeded"}
	}
	return record{"Result": "JobFailed", "Exception": record{"Message": err.Error(), "Stack Trace": []any{}}}
}

func stageProperties(s *StageInfo) record {
	return record{"spark.gosql.job.id": fmt.Sprint(s.Job), "spark.jobGroup.id": s.Group, "spark.job.tags": s.Tag}
}

// stageRecord describes a stage; of its RDDs the last one.
func stageRecord(s *StageInfo, submitted time.Time) record {
	last := record{"RDD ID": s.RDD, "Name": s.Name, "Callsite": "", "Parent IDs": []int{}, "Storage Level": storageRecord(StorageNone),
		"Barrier": false, "DeterministicLevel": "DETERMINATE", "Number of Partitions": s.Tasks,
		"Number of Cached Partitions": 0, "Memory Size": 0, "Disk Size": 0}
	return record{"Stage ID": s.ID, "Stage Attempt ID": s.Attempt, "Stage Name": s.Name, "Number of Tasks": s.Tasks,
		"RDD Info": []any{last}, "Parent IDs": []int{}, "Details": "", "Submission Time": submitted.UnixMilli(),
		"Accumulables": []any{}, "Resource Profile Id": 0}
}

func stageCompletedRecord(e *StageCompleted) record {
	info := stageRecord(&e.StageInfo, e.Time.Add(-e.Took))
	info["Completion Time"] = e.Time.UnixMilli()
	info["Accumulables"] = append(metricAccumulables(&e.Metrics), accumulables(e.Accumulators)...)
	if e.Err != nil {
		info["Failure Reason"] = e.Err.Error()
	}
	return record{"Event": "SparkListenerStageCompleted", "Stage Info": info}
}

// metricAccumulables are the sums of a stage, which Spark keeps in accumulators of these names.
func metricAccumulables(m *TaskMetrics) []record {
	var all []record
	for i, a := range []struct {
		name  string
		value int64
	}{
		{"executorRunTime", m.RunTime.Milliseconds()}, {"jvmGCTime", m.GCTime.Milliseconds()},
		{"resultSize", m.ResultBytes}, {"peakExecutionMemory", m.PeakMemory},
		{"memoryBytesSpilled", m.SpillMemoryBytes}, {"diskBytesSpilled", m.SpillBytes},
		{"input.bytesRead", m.InputBytes}, {"input.recordsRead", m.InputRows},
		{"output.bytesWritten", m.OutputBytes}, {"output.recordsWritten", m.OutputRows},
		{"shuffle.read.localBytesRead", m.ShuffleReadBytes}, {"shuffle.read.recordsRead", m.ShuffleReadRows},
		{"shuffle.read.fetchWaitTime", m.FetchWait.Milliseconds()},
		{"shuffle.write.bytesWritten", m.ShuffleWriteBytes}, {"shuffle.write.recordsWritten", m.ShuffleWriteRows},
	} {
		all = append(all, record{"ID": -1 - i, "Name": "internal.metrics." + a.name, "Value": a.value, "Internal": true,
			"Count Failed Values": true})
	}
	return all
}

// accumulables are the accumulators of users; Spark writes their values as strings.
func accumulables(updates []AccumulatorUpdate) []record {
	all := []record{}
	for _, u := range updates {
		a := record{"ID": u.ID, "Name": u.Name, "Value": fmt.Sprint(u.Value), "Internal": false, "Count Failed Values": false}
		if u.Update != nil {
			a["Update"] = fmt.Sprint(u.Update)
		}
		all = append(all, a)
	}
	return all
}

func taskRecord(t *TaskInfo, launched time.Time) record {
	return record{"Task ID": t.Task, "Index": t.Partition, "Attempt": t.Attempt, "Partition ID": t.Partition,
		"Launch Time": launched.UnixMilli(), "Executor ID": t.Executor, "Host": "localhost", "Locality": "PROCESS_LOCAL",
		"Speculative": t.Speculative, "Getting Result Time": 0, "Finish Time": 0, "Failed": false, "Killed": false, "Accumulables": []any{}}
}

func taskEndRecord(e *TaskEnd) record {
	info := taskRecord(&e.TaskInfo, e.Time.Add(-e.Metrics.RunTime))
	info["Finish Time"] = e.Time.UnixMilli()
	info["Accumulables"] = accumulables(e.Accumulators)
	reason := endReason(e)
	info["Killed"] = reason["Reason"] == "TaskKilled"
	info["Failed"] = e.Err != nil && info["Killed"] == false
	kind := "ResultTask"
	if e.Stage.Shuffle >= 0 {
		kind = "ShuffleMapTask"
	}
	return record{"Event": "SparkListenerTaskEnd", "Stage ID": e.Stage.ID, "Stage Attempt ID": e.Stage.Attempt, "Task Type": kind,
		"Task End Reason": reason, "Task Info": info, "Task Executor Metrics": record{}, "Task Metrics": metricsRecord(&e.Metrics)}
}

// endReason tells why an attempt ended, in Spark's words.
func endReason(e *TaskEnd) record {
	var fetch *FetchFailedError
	var panicked *PanicError
	switch err := e.Err; {
	case err == nil:
		return record{"Reason": "Success"}
	case errors.As(err, &fetch):
		return record{"Reason": "FetchFailed", "Shuffle ID": fetch.Shuffle, "Map ID": fetch.Map, "Map Index": fetch.Map,
			"Reduce ID": e.Partition, "Message": err.Error()}
	case errors.Is(err, errExecutorLost):
		return record{"Reason": "ExecutorLostFailure", "Executor ID": e.Executor, "Exit Caused By App": false, "Loss Reason": err.Error()}
	case errors.Is(err, context.Canceled), errors.Is(err, errStopped), errors.Is(err, ErrClosed):
		return record{"Reason": "TaskKilled", "Kill Reason": err.Error(), "Accumulator Updates": []any{}}
	default:
		stack := ""
		if errors.As(err, &panicked) {
			stack = string(panicked.Stack)
		}
		return record{"Reason": "ExceptionFailure", "Class Name": fmt.Sprintf("%T", err), "Description": err.Error(),
			"Stack Trace": []any{}, "Full Stack Trace": stack, "Accumulator Updates": []any{}}
	}
}

// metricsRecord is what a task did, as Spark groups it. Reads of blocks are local: all executors share the process.
func metricsRecord(m *TaskMetrics) record {
	return record{
		"Executor Deserialize Time": 0, "Executor Deserialize CPU Time": 0,
		"Executor Run Time": m.RunTime.Milliseconds(), "Executor CPU Time": 0,
		"Peak Execution Memory": m.PeakMemory, "Result Size": m.ResultBytes, "JVM GC Time": m.GCTime.Milliseconds(),
		"Result Serialization Time": 0, "Memory Bytes Spilled": m.SpillMemoryBytes, "Disk Bytes Spilled": m.SpillBytes,
		"Shuffle Read Metrics": record{"Remote Blocks Fetched": 0, "Local Blocks Fetched": 0,
			"Fetch Wait Time": m.FetchWait.Milliseconds(), "Remote Bytes Read": 0, "Remote Bytes Read To Disk": 0,
			"Local Bytes Read": m.ShuffleReadBytes, "Total Records Read": m.ShuffleReadRows},
		"Shuffle Write Metrics": record{"Shuffle Bytes Written": m.ShuffleWriteBytes, "Shuffle Write Time": 0,
			"Shuffle Records Written": m.ShuffleWriteRows},
		"Input Metrics":  record{"Bytes Read": m.InputBytes, "Records Read": m.InputRows},
		"Output Metrics": record{"Bytes Written": m.OutputBytes, "Records Written": m.OutputRows},
		"Updated Blocks": []any{},
	}
}

func blockRecord(e *BlockUpdated) record {
	return record{"Event": "SparkListenerBlockUpdated", "Block Updated Info": record{
		"Block Manager ID": record{"Executor ID": e.Executor, "Host": "localhost", "Port": 0},
		"Block ID":         fmt.Sprintf("rdd_%d_%d", e.RDD, e.Partition),
		"Storage Level":    storageRecord(e.Level), "Memory Size": e.MemoryBytes, "Disk Size": e.DiskBytes}}
}

// storageRecord is a storage level.
func storageRecord(l StorageLevel) record {
	return record{"Use Disk": l.UseDisk(), "Use Memory": l.UseMemory(), "Use Off Heap": l.UseOffHeap(),
		"Deserialized": l.Deserialized(), "Replication": l.Replication()}
}
