// The benchmark's peer on the AWS SDK for Go v2: polls, decodes, looks for failed stages.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// poller asks for states and counts what it found.
type poller struct {
	client         *codepipeline.Client
	calls, failed  int64
	faults, shapes int64
}

func newPoller(ctx context.Context, endpoint string) (*poller, error) {
	loaded, err := config.LoadDefaultConfig(ctx, config.WithRegion("eu-west-1"))
	if err != nil {
		return nil, err
	}
	resolver := codepipeline.EndpointResolverFromURL(endpoint)
	client := codepipeline.NewFromConfig(loaded, codepipeline.WithEndpointResolver(resolver))
	return &poller{client: client}, nil
}

func (p *poller) poll(ctx context.Context, name string) {
	input := &codepipeline.GetPipelineStateInput{Name: aws.String(name)}
	state, err := p.client.GetPipelineState(ctx, input)
	if err != nil {
		if atomic.AddInt64(&p.faults, 1) == 1 {
			fmt.Fprintln(os.Stderr, err)
		}
		return
	}
	atomic.AddInt64(&p.calls, 1)
	atomic.AddInt64(&p.shapes, int64(len(state.StageStates)))
	for _, stage := range state.StageStates {
		if stage.LatestExecution == nil {
			continue
		}
		if stage.LatestExecution.Status == types.StageExecutionStatusFailed {
			atomic.AddInt64(&p.failed, 1)
		}
	}
}

// closed keeps calls in flight until the time is over or the count is reached.
func (p *poller) closed(ctx context.Context, inFlight int, count int64, length time.Duration) {
	var begun int64
	end := time.Now().Add(length)
	var group sync.WaitGroup
	for i := 0; i < inFlight; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for {
				if count > 0 && atomic.AddInt64(&begun, 1) > count {
					return
				}
				if count == 0 && time.Now().After(end) {
					return
				}
				p.poll(ctx, "pipeline-00000")
			}
		}()
	}
	group.Wait()
}

// paced polls every pipeline once an interval, their starts spread evenly, until stopped.
func (p *poller) paced(ctx context.Context, pipelines int, interval, length time.Duration) {
	ctx, stop := context.WithTimeout(ctx, length)
	defer stop()
	var group sync.WaitGroup
	for i := 0; i < pipelines; i++ {
		group.Add(1)
		go func(index int) {
			defer group.Done()
			name := fmt.Sprintf("pipeline-%05d", index)
			first := interval * time.Duration(index) / time.Duration(pipelines)
			timer := time.NewTimer(first)
			defer timer.Stop()
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
			ticker := time.NewTicker(interval)
			defer ticker.Stop()
			for {
				p.poll(context.Background(), name)
				select {
				case <-ctx.Done():
					return
				case <-ticker.C:
				}
			}
		}(i)
	}
	group.Wait()
}

func processorTime(usage syscall.Rusage) float64 {
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e6
}

// peakKiB is VmHWM: what getrusage calls the peak begins with that of the parent process.
func peakKiB() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	var peak int64
	for _, line := range strings.Split(string(status), "\n") {
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &peak); err == nil {
			return peak
		}
	}
	return 0
}

func main() {
	mode := flag.String("mode", "closed", "closed or paced")
	endpoint := flag.String("endpoint", "", "the server")
	inFlight := flag.Int("in-flight", 8, "calls at once (closed)")
	count := flag.Int64("calls", 0, "calls in all, instead of seconds (closed)")
	seconds := flag.Float64("seconds", 2, "how long")
	pipelines := flag.Int("pipelines", 100, "how many (paced)")
	interval := flag.Float64("interval", 30, "seconds between two polls of a pipeline (paced)")
	flag.Parse()

	ctx := context.Background()
	poller, err := newPoller(ctx, *endpoint)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	length := time.Duration(*seconds * float64(time.Second))
	pause := time.Duration(*interval * float64(time.Second))
	var before, after syscall.Rusage
	if *mode == "closed" {
		// The first calls open the connections and fill the pools.
		poller.closed(ctx, *inFlight, 200, 0)
		*poller = poller.fresh()
	}
	began := time.Now()
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	if *mode == "closed" {
		poller.closed(ctx, *inFlight, *count, length)
	} else {
		poller.paced(ctx, *pipelines, pause, length)
	}
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	spent := processorTime(after) - processorTime(before)
	perCall := 0.0
	if poller.calls > 0 {
		perCall = spent / float64(poller.calls)
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"calls": poller.calls, "faults": poller.faults, "failed_stages": poller.failed,
		"stages": poller.shapes, "seconds": time.Since(began).Seconds(),
		"cpu_ms": spent, "cpu_ms_per_call": perCall, "peak_rss_kib": peakKiB(),
	})
	if poller.calls == 0 {
		os.Exit(1)
	}
}

// fresh is the same poller with its counts at zero.
func (p *poller) fresh() poller {
	return poller{client: p.client}
}
