package main

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"fairway/bench/load"
)

// The register of August 2026, rounded up: most entries are agents, which are read and dropped.
const (
	registerEntries = 330_000
	registerAgents  = 322_314
)

// importRate is the load beside an import, in requests a second: one that leaves the machine room for both.
const importRate = 500

// besideAnImport is P22: what a caller waits for while the register is taken in by another process.
func (p *part) besideAnImport(ctx context.Context) error {
	p.note("%d a second, alone and beside an import of %d entries", importRate, registerEntries)
	fleet, err := p.dial(ctx, p.settings.machines, nil, steadyClients)
	if err != nil {
		return err
	}
	defer func() { _ = fleet.Close() }() // only measured answers matter
	var took []time.Duration
	steady := func() (load.Result, error) {
		r, err := fleet.Open(ctx, importRate, p.length)
		p.logged += r.Answers()
		return r, err
	}
	if _, err := steady(); err != nil {
		return err
	}
	// What the import takes of the machine is what is measured: no round counts as disturbed.
	sums, err := interleave(ctx, p.rounds, 0,
		contender{p.program(p.name + ", ours: 500 a second"), steady},
		contender{p.program(p.name + ", ours: 500 a second beside an import"), func() (load.Result, error) {
			r, whole, err := p.beside(ctx, steady)
			took = append(took, whole)
			return r, err
		}})
	if err != nil {
		return err
	}
	p.report.Sums = append(p.report.Sums, sums...)
	l := atMost("P22", "500 a second beside an import of the register: p99 ÷ alone", ratio(sums[1].P99, sums[0].P99), "", 5)
	l.Detail = fmt.Sprintf("%.2f ÷ %.2f ms, an import of %.1f s", sums[1].P99/1000, sums[0].P99/1000, load.Median(took).Seconds())
	p.add(l)
	return errors.Join(sums[0].all(http.StatusOK), sums[1].all(http.StatusOK))
}

// beside measures while an import runs, and waits for its end.
func (p *part) beside(ctx context.Context, run func() (load.Result, error)) (r load.Result, took time.Duration, err error) {
	file := filepath.Join(p.dir, "register.zip")
	if err := writeRegister(file, time.Now(), registerAgents, registerEntries-registerAgents); err != nil {
		return r, 0, fmt.Errorf("write a register: %w", err)
	}
	ended := make(chan error, 1)
	go func() {
		began := time.Now()
		err := p.settings.importRegister(ctx, file)
		took = time.Since(began)
		ended <- err
	}()
	r, err = run()
	err = errors.Join(err, <-ended, os.Remove(file))
	return r, took, err
}

// writeRegister writes a file of the register's shape with so many agents and institutions, of this instant.
func writeRegister(path string, now time.Time, agents, institutions int) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	archive := zip.NewWriter(file)
	archive.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	member, err := archive.Create("register.json")
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(member, 1<<20)
	version := now.UTC().Format("20060102150405") + "000"
	_, _ = out.WriteString(`[[{"disclaimer":"invented"}],[`) // the writer keeps its first error for Flush
	for i := range agents + institutions {
		if i > 0 {
			_ = out.WriteByte(',') // as above
		}
		if i < agents {
			_, _ = fmt.Fprintf(out, agentForm, i, version) // as above
		} else {
			_, _ = fmt.Fprintf(out, institutionForm, i, version) // as above
		}
	}
	_, _ = out.WriteString(`]]`) // as above
	return errors.Join(out.Flush(), archive.Close())
}

const (
	agentForm = `{"CA_OwnerID":"PL_PFSA","EntityCode":"PSD_PI!PL_PFSA!UKNF/%[1]d!A%[1]d","EntityType":"PSD_AG","Properties":[{"ENT_NAT_REF_COD":"A%[1]d"},` +
		`{"ENT_NAM":"Invented Agent %[1]d"},{"ENT_ADD":"Invented Street %[1]d, building C, entrance from the yard, third floor"},{"ENT_TOW_CIT_RES":"WARSZAWA"},` +
		`{"ENT_POS_COD":"00-001"},{"ENT_COU_RES":"PL"},{"ENT_TYP_PAR_ENT":"PSD_PI"},{"ENT_COD_PAR_ENT":"PL_PFSA!UKNF/1234567890"},{"DER_CHI_ENT_AUT":"Inactive"},` +
		`{"ENT_NAM_COM":["Invented Payment Services","Invented Counter at the Market"]},{"ENT_COD_TYP":"NON_LEI"}],"__EBA_EntityVersion":"%[2]s"}`
	institutionForm = `{"CA_OwnerID":"FI_FIN-FSA","EntityCode":"FI_FIN_FSA!%[1]d","EntityType":"PSD_PI","Properties":[{"ENT_NAT_REF_COD":"%[1]d"},` +
		`{"ENT_NAM":"Invented %[1]d Oy"},{"ENT_ADD":"Invented Street %[1]d"},{"ENT_TOW_CIT_RES":"HELSINKI"},{"ENT_POS_COD":"00100"},{"ENT_COU_RES":"FI"},` +
		`{"ENT_AUT":["2021-03-15"]}],"Services":[{"EE":"PS_080"},{"FI":["PS_03C","PS_070","PS_080"]},{"SE":["PS_070","PS_080"]}],"__EBA_EntityVersion":"%[2]s"}`
)
