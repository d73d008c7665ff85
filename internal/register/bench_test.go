package register_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/qcert"
	"fairway/internal/register"
	"fairway/internal/testkit"
)

// The register of August 2026, rounded up.
const (
	realEntries = 330_000
	realAgents  = 322_314
)

// BenchmarkImport tells what a file of the real size costs: time, heap above what there was before, and then a look-up.
func BenchmarkImport(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkImport(b, testkit.SQLiteAt(b, clock.System{})) })
	b.Run("postgres", func(b *testing.B) { benchmarkImport(b, testkit.PostgresAt(b, clock.System{})) })
}

func benchmarkImport(b *testing.B, d *db.DB) {
	r := newRegister(b, d)
	file := newReal(time.Now().UTC())
	b.SetBytes(file.size)
	var peak uint64
	for b.Loop() {
		stop := watchHeap(&peak)
		if _, err := r.Import(b.Context(), "command", file, file.size, register.Options{}); err != nil {
			b.Fatal(err)
		}
		stop()
	}
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
	b.ReportMetric(lookUpTime(b, r), "lookup-us")
}

// watchHeap notes by how much the heap in use grows until it is stopped.
func watchHeap(peak *uint64) (stop func()) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before := m.HeapInuse
	var highest atomic.Uint64
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			highest.Store(max(highest.Load(), m.HeapInuse-min(m.HeapInuse, before)))
			select {
			case <-end:
				return
			case <-tick.C:
			}
		}
	}()
	return func() {
		close(end)
		<-ended
		*peak = max(*peak, highest.Load())
	}
}

// lookUpTime is the median of some decisions, in microseconds.
func lookUpTime(b *testing.B, r *register.Register) float64 {
	b.Helper()
	var took []time.Duration
	for i := range 500 {
		id := "PSDFI-FINFSA-" + strconv.Itoa(9_000_000+i*7)
		start := time.Now()
		a, err := r.Decide(b.Context(), register.Query{OrganizationIdentifier: id, Host: "FI", Role: qcert.RoleAI, At: start})
		if err != nil || a.Verdict != register.Authorised {
			b.Fatalf("%s: %s, %v", id, a.Verdict, err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	return float64(took[len(took)/2].Nanoseconds()) / 1000
}

// real is a file of the register's size and shape that is never whole in memory: one block of agents over and over,
// between its beginning and its institutions.
type real struct {
	head, agents, tail []byte
	blocks             int64
	size               int64
}

const blockOf = 1000

func newReal(now time.Time) *real {
	version := now.Format("20060102150405") + "000"
	var head, agents, tail bytes.Buffer
	head.WriteString(`[[{"disclaimer":"invented"}],[`)
	for i := range blockOf {
		fmt.Fprintf(&agents, agentForm, i, i, i, i, version)
	}
	for i := range realEntries - realAgents {
		if i > 0 {
			tail.WriteByte(',')
		}
		fmt.Fprintf(&tail, institutionForm, 9_000_000+i, 9_000_000+i, i, i, version)
	}
	tail.WriteString(`]]`)
	f := &real{head: head.Bytes(), agents: agents.Bytes(), tail: tail.Bytes(), blocks: realAgents / blockOf}
	f.size = int64(len(f.head)) + f.blocks*int64(len(f.agents)) + int64(len(f.tail))
	return f
}

const (
	agentForm = `{"CA_OwnerID":"PL_PFSA","EntityCode":"PSD_PI!PL_PFSA!UKNF/%d!A%d","EntityType":"PSD_AG","Properties":[{"ENT_NAT_REF_COD":"A%d"},{"ENT_NAM":"Jan Przykładowy"},` +
		`{"ENT_ADD":"ul. Przykładowa Bardzo Długa %d lok. 17, budynek C, wejście od podwórza"},{"ENT_TOW_CIT_RES":"WARSZAWA"},{"ENT_POS_COD":"00-001"},{"ENT_COU_RES":"PL"},` +
		`{"ENT_TYP_PAR_ENT":"PSD_PI"},{"ENT_COD_PAR_ENT":"PL_PFSA!UKNF/1234567890"},{"DER_CHI_ENT_AUT":"Inactive"},{"ENT_NAM_COM":["Przykładowe Usługi Płatnicze","Punkt Obsługi Klienta przy Rynku"]},` +
		`{"ENT_COD_TYP":"NON_LEI"}],"__EBA_EntityVersion":"%s"},`
	institutionForm = `{"CA_OwnerID":"FI_FIN-FSA","EntityCode":"FI_FIN_FSA!%d","EntityType":"PSD_PI","Properties":[{"ENT_NAT_REF_COD":"%d"},{"ENT_NAM":"Malli %d Oy"},` +
		`{"ENT_ADD":"Esimerkkikatu %d"},{"ENT_TOW_CIT_RES":"HELSINKI"},{"ENT_POS_COD":"00100"},{"ENT_COU_RES":"FI"},{"ENT_AUT":["2021-03-15"]}],` +
		`"Services":[{"DK":["PS_070","PS_080"]},{"EE":"PS_080"},{"FI":["PS_03C","PS_070","PS_080"]},{"NO":["PS_070","PS_080"]},{"SE":["PS_070","PS_080"]}],"__EBA_EntityVersion":"%s"}`
)

// ReadAt gives what stands at an offset.
func (f *real) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) && off < f.size {
		part, at := f.head, off
		if begin := int64(len(f.head)); off >= begin {
			if end := begin + f.blocks*int64(len(f.agents)); off >= end {
				part, at = f.tail, off-end
			} else {
				part, at = f.agents, (off-begin)%int64(len(f.agents))
			}
		}
		c := copy(p[n:], part[at:])
		n, off = n+c, off+int64(c)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
