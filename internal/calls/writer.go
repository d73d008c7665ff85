package calls

import (
	"context"
	"fmt"
	"time"

	"fairway/internal/fault"
)

// drainWait is how long the end waits for a database that is away.
const drainWait = 5 * time.Second

// writer makes rows durable in batches. While the database is away the batch is kept; once it is full, nothing more is
// taken from the queue, so that callers wait and nothing is lost.
type writer struct {
	log     *Log
	ctx     context.Context
	batch   []*callRow
	waiting []chan<- struct{}
	// packed is closed when nothing more comes into the queue.
	packed chan struct{}
	// unsure says that a former try may have written rows without our hearing of it.
	unsure bool
}

// pack moves calls from what came to what is to be written, until the log is closed and nothing came any more.
func (l *Log) pack() {
	for {
		select {
		case e := <-l.fresh:
			l.packOne(e)
		case <-l.closed:
			for len(l.fresh) > 0 {
				l.packOne(<-l.fresh)
			}
			return
		}
	}
}

func (l *Log) packOne(e entry) {
	if e.detail != nil {
		e.row.Detail, e.detail = e.detail.pack(), nil
	}
	l.queue <- e
	if e.flushed != nil || len(l.queue) >= batchSize {
		l.wakeWriter()
	}
}

// Run writes the queue until ctx ends, and then what is still in it.
func (l *Log) Run(ctx context.Context) error {
	w := &writer{log: l, ctx: context.WithoutCancel(ctx), packed: make(chan struct{})}
	go func() {
		defer close(w.packed)
		l.pack()
	}()
	tick := time.NewTicker(batchEvery)
	defer tick.Stop()
	for {
		select {
		case <-l.wake:
		case <-tick.C:
		case <-ctx.Done():
			close(l.closed)
			return w.drain()
		}
		for more := true; more; {
			w.collect()
			full := len(w.batch) >= batchSize
			w.write()
			more = full && len(w.batch) == 0
		}
	}
}

// collect takes what is in the queue until a batch is full. Nobody waits at the queue: to be woken for every row would
// cost as much as some of the checks of a call.
func (w *writer) collect() {
	for len(w.batch) < batchSize {
		select {
		case e := <-w.log.queue:
			w.take(e)
		default:
			return
		}
	}
}

func (w *writer) take(e entry) {
	if e.flushed != nil {
		w.waiting = append(w.waiting, e.flushed)
	} else {
		w.batch = append(w.batch, e.row)
	}
}

// write makes the batch durable, or keeps what could not be written because the database is away.
func (w *writer) write() {
	if left := w.place(w.batch); len(left) > 0 {
		if !w.unsure {
			w.log.log.Warn("the request log waits for the database", "rows", len(left))
		}
		w.unsure = true
		w.batch = append(w.batch[:0], left...)
		return
	}
	if w.unsure {
		w.log.log.Warn("the request log is written again")
	}
	w.unsure, w.batch = false, w.batch[:0]
	for _, done := range w.waiting {
		close(done)
	}
	w.waiting = w.waiting[:0]
}

// place writes rows and returns those, at the end, for which the database is away. Rows among which one is refused are
// halved until that one stands alone.
func (w *writer) place(rows []*callRow) (left []*callRow) {
	if len(rows) == 0 {
		return nil
	}
	err := w.log.insert(w.ctx, rows)
	switch {
	case err == nil:
		return nil
	case fault.Is(err, fault.Unavailable):
		return rows
	case len(rows) == 1:
		return w.placeOne(rows, err)
	}
	half := len(rows) / 2
	if left = w.place(rows[:half]); len(left) > 0 {
		return rows[half-len(left):]
	}
	return w.place(rows[half:])
}

// placeOne is for a row that was refused. Its id may have been taken by another process, and then it gets a new one, or
// by the row itself in a try whose success we did not hear of. A row that the database can never take is counted.
func (w *writer) placeOne(row []*callRow, refusal error) (left []*callRow) {
	if fault.Is(refusal, fault.Conflict) {
		if w.unsure {
			return nil
		}
		row[0].ID = w.log.NewID()
		if refusal = w.log.insert(w.ctx, row); refusal == nil {
			return nil
		}
		if fault.Is(refusal, fault.Unavailable) {
			return row
		}
	}
	w.log.log.Error("a row of the request log could not be written", "call", FormatID(row[0].ID), "error", refusal.Error())
	w.log.dropped.Add(1)
	return nil
}

// drain writes what is left, for as long as it is worth waiting.
func (w *writer) drain() error {
	for packing := true; packing; {
		select {
		case e := <-w.log.queue:
			w.take(e)
		case <-w.packed:
			packing = false
		}
	}
	for len(w.log.queue) > 0 {
		w.take(<-w.log.queue)
	}
	end := time.NewTimer(drainWait)
	defer end.Stop()
	for {
		if w.write(); len(w.batch) == 0 {
			return nil
		}
		select {
		case <-end.C:
			w.log.dropped.Add(int64(len(w.batch)))
			return fmt.Errorf("%d rows of the request log could not be written before the end", len(w.batch))
		case <-time.After(batchEvery):
		}
	}
}
