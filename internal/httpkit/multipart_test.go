package httpkit_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
)

// sent is one field of a form with files; a field with a file name is a file.
type sent struct{ name, file, data string }

// multipartForm writes a form as a browser does.
func multipartForm(fields ...sent) (contentType, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		if f.file == "" {
			_ = w.WriteField(f.name, f.data) // into memory
			continue
		}
		part, _ := w.CreateFormFile(f.name, f.file) // as above
		_, _ = io.WriteString(part, f.data)
	}
	_ = w.Close()
	return w.FormDataContentType(), b.String()
}

// take posts a form with a text "name" and a file "name_file", and gives what a handler gets of it.
func take(t *testing.T, contentType, body string) (got example, data string, bound, file error) {
	t.Helper()
	c, _ := gin.CreateTestContext(httptest.NewRecorder())
	c.Request = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	c.Request.Header.Set("Content-Type", contentType)
	httpkit.SameOrigin(func(_ *gin.Context, err error) { bound = err })(c)
	if bound != nil {
		return got, "", bound, nil
	}
	bound = httpkit.BindForm(c, &got)
	read, file := httpkit.TextOrFile(c, got.Name, "name_file")
	return got, string(read), bound, file
}

func TestAFileIsTakenOrRefusedAtItsField(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("f", 129<<10)
	for name, c := range map[string]struct {
		fields []sent
		data   string
		code   string
	}{
		"a file":                  {[]sent{{"name", "", ""}, {"name_file", "a.pem", "PEM"}}, "PEM", ""},
		"a text":                  {[]sent{{"name", "", "text"}, {"name_file", "", ""}}, "text", ""},
		"a text, an empty file":   {[]sent{{"name", "", "text"}, {"name_file", "a.pem", ""}}, "text", ""},
		"both":                    {[]sent{{"name", "", "text"}, {"name_file", "a.pem", "PEM"}}, "", "text_and_file"},
		"two files":               {[]sent{{"name_file", "a.pem", "PEM"}, {"name_file", "b.pem", "PEM"}}, "", "file_twice"},
		"129 KB":                  {[]sent{{"name_file", "a.pem", large}}, "", "file_too_large"},
		"129 KB beside a text":    {[]sent{{"name", "", "text"}, {"name_file", "a.pem", large}}, "", "file_too_large"},
		"129 KB in another field": {[]sent{{"other_file", "a.pem", large}, {"name_file", "a.pem", "PEM"}}, "PEM", ""},
		"15 MB":                   {[]sent{{"name_file", "a.pem", strings.Repeat("f", 15<<20)}}, "", "file_too_large"},
	} {
		kind, body := multipartForm(c.fields...)

		_, data, bound, err := take(t, kind, body)

		if bound != nil || data != c.data || (err == nil) != (c.code == "") || (err != nil && fault.Of(err).Code != c.code) {
			t.Errorf("%s: %q, %v, %v", name, data, bound, err)
		}
	}
}

func TestATextThatIsTooLargeIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	kind, body := multipartForm(sent{"name", "", strings.Repeat("a", 129<<10)}, sent{"agreed", "", "on"})

	got, _, bound, _ := take(t, kind, body)

	f := fault.Of(bound)
	if f.Code != "form_invalid" || len(f.Fields) != 1 || f.Fields[0].Name != "name" || got.Name != "" || !got.Agreed {
		t.Errorf("%+v, %+v", got, f)
	}
}

func TestAFormOfHundredsOfPartsIsUnreadable(t *testing.T) {
	t.Parallel()
	fields := make([]sent, 101)
	for i := range fields {
		fields[i] = sent{"f" + strconv.Itoa(i), "", "x"}
	}
	kind, body := multipartForm(fields...)

	_, _, err, _ := take(t, kind, body)

	if fault.Of(err).Code != "form_unreadable" {
		t.Errorf("101 parts: %v", err)
	}
}

// A body of 10 GB, announced or in chunks, is answered with a page and cut off. Nothing near its size is read or held.
func TestTenGigabytesAreAnsweredAndCutOff(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	const all = 10 << 30
	head := "--b\r\nContent-Disposition: form-data; name=\"name_file\"; filename=\"a.pem\"\r\n\r\n"
	for name, framing := range map[string]string{"announced": "Content-Length: " + strconv.Itoa(all), "in chunks": "Transfer-Encoding: chunked"} {
		conn, err := net.Dial("tcp", h.server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil { // a deadline of the test's own
			t.Fatal(err)
		}
		answer := make(chan string, 1)
		go func() {
			text, _ := io.ReadAll(conn) // ends with the connection, however it ends
			answer <- string(text)
		}()

		written := pour(conn, "POST /act HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"+framing+"\r\n\r\n", head, framing, all)

		got := <-answer
		if !strings.HasPrefix(got, "HTTP/1.1 422") || !strings.Contains(got, "failed: form_too_large") || !strings.Contains(got, "Connection: close") {
			t.Errorf("%s: %.200q", name, got)
		}
		if written > 64<<20 {
			t.Errorf("%s: %d bytes went out before the connection ended", name, written)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapInuse > 256<<20 {
		t.Errorf("%d MB are in use", m.HeapInuse>>20)
	}
}

// pour writes a body of up to all bytes until the connection ends, and says how much went out.
func pour(conn net.Conn, request, head, framing string, all int) int {
	block := strings.Repeat("f", 1<<20)
	chunk := func(s string) string {
		if strings.HasPrefix(framing, "Transfer-Encoding") {
			return strconv.FormatInt(int64(len(s)), 16) + "\r\n" + s + "\r\n"
		}
		return s
	}
	written := 0
	for _, s := range []string{request, chunk(head)} {
		n, err := io.WriteString(conn, s)
		if written += n; err != nil {
			return written
		}
	}
	for written < all {
		n, err := io.WriteString(conn, chunk(block))
		if written += n; err != nil {
			return written
		}
	}
	return written
}

func FuzzFormWithFiles(f *testing.F) {
	_, body := multipartForm(sent{"name", "", "text"}, sent{"name_file", "a.pem", "PEM"})
	f.Add(body)
	f.Add("--b\r\n\r\n--b--")
	f.Add("--b\r\nContent-Disposition: form-data; name=name\r\n\r\n" + strings.Repeat("a", 200<<10) + "\r\n--b--")
	f.Fuzz(func(t *testing.T, body string) {
		boundary := strings.TrimPrefix(strings.SplitN(body, "\r\n", 2)[0], "--")
		got, data, bound, err := take(t, `multipart/form-data; boundary="`+boundary+`"`, body)
		if len(got.Name)+len(data) > 256<<10 {
			t.Errorf("%d bytes were kept", len(got.Name)+len(data))
		}
		for _, e := range []error{bound, err} {
			if e != nil && fault.Of(e).Kind != fault.Invalid {
				t.Errorf("a form is our fault: %v", e)
			}
		}
	})
}
