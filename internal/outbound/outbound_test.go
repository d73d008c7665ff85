package outbound_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fairway/internal/outbound"
)

// server answers as the test says; its address is the only one that the client may ask beside public ones.
func server(t *testing.T, timeout time.Duration, answer http.HandlerFunc) (*outbound.Client, string) {
	t.Helper()
	s := httptest.NewUnstartedServer(answer)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	host := strings.TrimPrefix(s.URL, "http://")
	return outbound.New(outbound.Config{Loopback: []string{host}, Timeout: timeout}), s.URL
}

func TestAnAnswerIsFetched(t *testing.T) {
	t.Parallel()
	var seen *http.Request
	var sent []byte
	client, address := server(t, 0, func(w http.ResponseWriter, r *http.Request) {
		seen = r
		sent, _ = io.ReadAll(r.Body)
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		_, _ = io.WriteString(w, "answer")
	})

	for _, request := range []outbound.Request{
		{Address: address + "/list?a=b", Accept: "application/pkix-crl"},
		{Address: address + "/ask", Body: []byte("question"), MediaType: "application/ocsp-request"},
	} {
		body, err := client.Fetch(t.Context(), request)

		if err != nil || string(body) != "answer" {
			t.Errorf("%s: %q, %v", request.Address, body, err)
		}
		want := map[string]string{"User-Agent": "Fairway", "Accept": request.Accept, "Content-Type": request.MediaType, "Cookie": "", "Accept-Encoding": "", "Referer": ""}
		for name, value := range want {
			if seen.Header.Get(name) != value {
				t.Errorf("%s: %s is %q", request.Address, name, seen.Header.Get(name))
			}
		}
		if (seen.Method == http.MethodPost) != (request.Body != nil) || string(sent) != string(request.Body) || !strings.HasSuffix(request.Address, seen.URL.String()) {
			t.Errorf("%s: it was asked %s %s %q", request.Address, seen.Method, seen.URL, sent)
		}
	}
}

func TestWhatMayNotBeAskedIsNotConnectedTo(t *testing.T) {
	t.Parallel()
	var touched atomic.Int64
	_, address := server(t, 0, func(http.ResponseWriter, *http.Request) { touched.Add(1) })
	client := outbound.New(outbound.Config{})

	for _, hostile := range []string{address, strings.Replace(address, "127.0.0.1", "localhost", 1), strings.Replace(address, "127.0.0.1", "[::ffff:127.0.0.1]", 1)} {
		_, err := client.Fetch(t.Context(), outbound.Request{Address: hostile})

		if !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("%s: %v", hostile, err)
		}
	}
	if touched.Load() != 0 {
		t.Error("the server was asked")
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308, 304} {
		var asked atomic.Int64
		client, address := server(t, 0, func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		})

		_, err := client.Fetch(t.Context(), outbound.Request{Address: address})

		if !errors.Is(err, outbound.ErrRedirect) || asked.Load() != 1 {
			t.Errorf("%d: %v after %d requests", status, err, asked.Load())
		}
	}
}

func TestAnotherStatusIsAnError(t *testing.T) {
	t.Parallel()
	for header, wait := range map[string]time.Duration{"": 0, "120": 2 * time.Minute, "9999999": 24 * time.Hour, "-1": 0, "99999999999999999999": 0, "Wed, 21 Oct 2026 07:28:00 GMT": 0} {
		client, address := server(t, 0, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusServiceUnavailable)
		})

		_, err := client.Fetch(t.Context(), outbound.Request{Address: address})

		var status *outbound.StatusError
		if !errors.As(err, &status) || status.Status != http.StatusServiceUnavailable || status.RetryAfter != wait {
			t.Errorf("%q: %v", header, err)
		}
	}
}

func TestALimitHoldsWhetherTheLengthIsToldOrNot(t *testing.T) {
	t.Parallel()
	for _, told := range []bool{true, false} {
		client, address := server(t, 0, func(w http.ResponseWriter, _ *http.Request) {
			if !told {
				w.(http.Flusher).Flush()
			}
			_, _ = io.WriteString(w, "0123456789")
		})

		whole, err := client.Fetch(t.Context(), outbound.Request{Address: address, Limit: 10})
		_, tooLarge := client.Fetch(t.Context(), outbound.Request{Address: address, Limit: 9})

		if string(whole) != "0123456789" || err != nil || !errors.Is(tooLarge, outbound.ErrTooLarge) {
			t.Errorf("length told %v: %q, %v; %v", told, whole, err, tooLarge)
		}
	}
}

func TestAnAnswerThatSaysItIsTooLargeIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	client, address := server(t, time.Minute, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "11")
		_, _ = io.WriteString(w, "0")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})

	_, err := client.Fetch(t.Context(), outbound.Request{Address: address, Limit: 10})

	if !errors.Is(err, outbound.ErrTooLarge) {
		t.Error(err)
	}
}

func TestAnEndlessAnswerIsGivenUp(t *testing.T) {
	t.Parallel()
	client, address := server(t, 0, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	})

	_, err := client.Fetch(t.Context(), outbound.Request{Address: address})

	if !errors.Is(err, outbound.ErrTooLarge) {
		t.Error(err)
	}
}

func TestASlowServerIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"before the status": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"within the body": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "a")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"within a body of no known length": func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\na")
			_, _ = io.Copy(io.Discard, conn)
			_ = conn.Close()
		},
	} {
		client, address := server(t, 50*time.Millisecond, answer)

		_, err := client.Fetch(t.Context(), outbound.Request{Address: address})

		if !errors.Is(err, outbound.ErrSlow) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheCallersEndIsNotTheServersFault(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	client, address := server(t, time.Minute, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})

	_, err := client.Fetch(ctx, outbound.Request{Address: address})

	if !errors.Is(err, context.Canceled) || errors.Is(err, outbound.ErrSlow) {
		t.Error(err)
	}
}

func TestHugeHeadersAreNotRead(t *testing.T) {
	t.Parallel()
	client, address := server(t, 0, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Large", strings.Repeat("a", 1<<20))
	})

	_, err := client.Fetch(t.Context(), outbound.Request{Address: address})

	if err == nil {
		t.Error("a header of 1 MiB was taken")
	}
}

func TestAServerThatIsNotThereIsNoRefusal(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	client := outbound.New(outbound.Config{Loopback: []string{strings.TrimPrefix(s.URL, "http://")}})

	_, err := client.Fetch(t.Context(), outbound.Request{Address: s.URL})

	if err == nil || errors.Is(err, outbound.ErrRefused) || errors.Is(err, outbound.ErrSlow) {
		t.Error(err)
	}
}

func TestAnUntrustedServerIsNotBelieved(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	client := outbound.New(outbound.Config{Loopback: []string{strings.TrimPrefix(s.URL, "https://")}})

	_, err := client.Fetch(t.Context(), outbound.Request{Address: s.URL})

	var status *outbound.StatusError
	if err == nil || errors.As(err, &status) {
		t.Error(err)
	}
}
