package calls_test

import (
	"encoding/base64"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"fairway/internal/calls"
	"fairway/internal/clock"
	"fairway/internal/db"
	"fairway/internal/testkit"
)

// BenchmarkWriting tells what a row costs from Record to the disk: time, and processor time of this process.
func BenchmarkWriting(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkWriting(b, testkit.SQLiteAt(b, clock.System{})) })
	b.Run("postgres", func(b *testing.B) { benchmarkWriting(b, testkit.PostgresAt(b, clock.System{})) })
}

func benchmarkWriting(b *testing.B, d *db.DB) {
	l := calls.New(d, clock.System{}, testkit.Log(b))
	testkit.Run(b, l.Run)
	rows := make([]*calls.Call, 4096)
	for i := range rows {
		rows[i] = typicalCall(i)
	}
	before := processorTime(b)
	n := 0
	for b.Loop() {
		c := *rows[n%len(rows)]
		c.ID, c.RequestID = l.NewID(), uuid.NewString()
		l.Record(&c)
		n++
	}
	if err := l.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64((processorTime(b)-before).Nanoseconds())/float64(n), "cpu-ns/op")
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// typicalCall is a good read of card accounts as the machines' door writes it down.
func typicalCall(n int) *calls.Call {
	consent, resource := uuid.NewString(), uuid.NewString()
	step := func(name, text string) calls.Step {
		return calls.Step{Name: name, Verdict: calls.Passed, Text: text, Micros: int64(n % 7)}
	}
	return &calls.Call{
		At: time.Now(), Environment: "sandbox", Brand: "rocker", OrganisationID: "org_" + strconv.Itoa(1e9+n%16) + "0123456789abcdef",
		AppID: "app_" + strconv.Itoa(1e9+n%320) + "0123456789abcdef", Operation: "card-accounts.list", Method: "GET",
		Path: "/card-account/v1/card-accounts", Status: 200, Duration: 70 * time.Microsecond,
		Detail: calls.Detail{
			Steps: []calls.Step{
				step("Certificate", "The QWAC of PSDXX-FWYSBX-F8D4358J4O is registered and valid until 20 May 2027, 04:45 UTC."), step("API key", "A key of My app"),
				step("Token", "A customer's token for consent "+consent+", bound to this certificate"), step("Role", "PSP_AI"),
				step("Connection", "My app is connected"), step("Headers", ""), step("Quota", strconv.Itoa(n)+" of 1000 today"),
				step("Digest", "SHA-256"), step("Signature", "rsa-sha256"), step("Operation", "List the card accounts that the consent opens."),
			},
			RequestHeaders: [][2]string{
				{"Accept", "application/json"}, {"Authorization", "Bearer sbx_at_JP9n…"}, {"Consent-ID", consent},
				{"Digest", "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, {"PSU-IP-Address", "192.0.2.10"},
				{"Signature", `keyId="SN=5436C63364E37346FB38BC27B4CF8DCF,CA=CN=Fairway%20Sandbox%20TPP%20CA,O=Fairway%20SANDBOX%20NOT%20QUALIFIED,C=FI",` +
					`algorithm="rsa-sha256",headers="digest x-request-id",signature="` + randomText(344) + `"`},
				{"Tpp-Signature-Certificate", "(the registered seal, 1492 characters)"}, {"X-Api-Key", "sbx_ak_fi8q…"}, {"X-Request-ID", consent},
			},
			ResponseHeaders: [][2]string{
				{"Cache-Control", "no-store"}, {"Content-Length", "609"}, {"Content-Type", "application/json"},
				{"RateLimit", `"second";r=4;t=1, "day";r=944;t=69237`}, {"RateLimit-Policy", `"second";q=5;w=1, "day";q=1000;w=86400`},
				{"X-Content-Type-Options", "nosniff"}, {"X-Request-ID", consent},
			},
			ResponseBody: `{"cardAccounts":[{"resourceId":"` + resource + `","maskedPan":"5243 75** **** 6641","currency":"EUR","ownerName":"Väinö Uusi","name":"MC_CARD",` +
				`"displayName":"New card","product":"Credit","debitAccounting":true,"status":"enabled","usage":"PRIV","details":"Test data: never used so far.",` +
				`"creditLimit":{"currency":"EUR","amount":"2500.00"},"_links":{"balances":{"href":"/sandbox/rocker/card-account/v1/card-accounts/` + resource + `/balances"},` +
				`"transactions":{"href":"/sandbox/rocker/card-account/v1/card-accounts/` + resource + `/transactions"}}}]}`,
			SigningString: "digest: SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nx-request-id: " + consent,
			TLSVersion:    "TLS 1.3", Thumbprint: "6aaf1b7ed2ee8b14eae746798421ae654c4d90faf56e5a761011bba6aed5aeff", RemoteIP: "127.0.0.1",
			Subject: "CN=load-15-oy-xvlm.tpp.sandbox.invalid,organizationIdentifier=PSDXX-FWYSBX-F8D4358J4O,O=Load 15 Oy SANDBOX,C=FI",
		},
	}
}

// randomText has n characters that do not repeat themselves, like a signature.
func randomText(n int) string {
	text := ""
	for len(text) < n {
		id := uuid.New()
		text += base64.StdEncoding.EncodeToString(id[:12])
	}
	return text[:n]
}
