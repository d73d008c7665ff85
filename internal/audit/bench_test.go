package audit_test

import (
	"testing"

	"fairway/internal/audit"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

// BenchmarkDeed is a transaction with nothing but its line, one after the other and by writers that wait for one another.
func BenchmarkDeed(b *testing.B) {
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": testkit.SQLiteAt, "postgres": testkit.PostgresAt} {
		d := open(b, clock.System{})
		deed := func(b *testing.B) {
			if err := d.InTx(b.Context(), func(tx db.Tx) error { return audit.Write(tx, created) }); err != nil {
				b.Error(err)
			}
		}
		b.Run(name+"/alone", func(b *testing.B) {
			for b.Loop() {
				deed(b)
			}
		})
		b.Run(name+"/crowd", func(b *testing.B) {
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					deed(b)
				}
			})
		})
		b.Run(name+"/verify", func(b *testing.B) {
			trail := audit.New(d, testkit.Log(b))
			rows := int64(0)
			for b.Loop() {
				report, err := trail.Verify(b.Context())
				if err != nil || report.Broken != nil {
					b.Fatal(report.Broken, err)
				}
				rows += report.Rows
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(max(1, rows)), "ns/row")
		})
	}
}
