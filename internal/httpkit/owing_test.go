package httpkit_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/fault"
	"fairway/internal/httpkit"
)

// owe has the keeper say of a session that its person still owes the second factor, until the session is renewed.
func (h *house) owe(token, person string) {
	h.keeper.kept[token] = httpkit.Kept{Owing: httpkit.Visitor{PersonID: person, Role: "admin"}}
}

func TestWhoOwesTheSecondFactorIsNobodyUntilTheSessionIsRenewed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	h.routes.Get("/owing", func(c *gin.Context) error {
		return httpkit.Page(c, http.StatusOK, text(httpkit.Owing(c).PersonID+"/"+httpkit.Who(c).PersonID))
	})
	h.routes.Post("/renew", func(c *gin.Context) error {
		h.keeper.mu.Lock()
		for token, kept := range h.keeper.kept {
			kept.Visitor, kept.Owing = kept.Owing, httpkit.Visitor{}
			h.keeper.kept[token] = kept
		}
		h.keeper.mu.Unlock()
		if err := httpkit.Renew(c); err != nil {
			return err
		}
		return httpkit.Page(c, http.StatusOK, text(httpkit.Owing(c).PersonID+"/"+httpkit.Who(c).PersonID))
	})
	v := h.visitor()
	v.open()
	v.post("/login", "person", "per_1")
	before := v.cookies["fairway"]
	h.owe(before, "per_1")
	v.open()
	if a := v.get("/owing"); a.body != "per_1/" {
		t.Fatalf("halfway it is %q", a.body)
	}

	a := v.post("/renew")

	if a.body != "/per_1" || v.cookies["fairway"] == before || v.cookies["fairway"] == "" {
		t.Errorf("%d %q with the cookie %q", a.status, a.body, v.cookies["fairway"])
	}
	v.cookies["fairway"] = before
	if a := v.get("/owing"); a.body != "/" {
		t.Errorf("the token from before is %q", a.body)
	}
}

func TestNoSessionIsNotRenewed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, false)
	h.routes.Post("/renew", func(c *gin.Context) error { return httpkit.Renew(c) })
	v := h.visitor()
	v.open()

	if a := v.post("/renew"); a.status != http.StatusInternalServerError || a.cookie("fairway") != nil {
		t.Errorf("%d, cookie %v", a.status, a.cookie("fairway"))
	}
}

func TestAFormAsksForACodeAfterFiveMinutes(t *testing.T) {
	t.Parallel()
	gin.SetMode(gin.ReleaseMode)
	now := testStart
	refused := fault.Form(fault.Field{Name: "code", Message: "Wrong."})
	other := fault.Form(fault.Field{Name: "reason", Message: "Missing."})
	for _, c := range []struct {
		at     time.Time
		failed error
		ask    bool
		says   string
	}{
		{now.Add(-fiveMinutes + 1), nil, false, ""}, {now.Add(-fiveMinutes), nil, true, ""}, {time.Time{}, nil, true, ""},
		{now, refused, true, "Wrong."}, {now.Add(-fiveMinutes), refused, true, "Wrong."}, {now, other, false, ""},
	} {
		ctx, _ := gin.CreateTestContext(httptest.NewRecorder())
		httpkit.SetVisitor(ctx, httpkit.Visitor{PersonID: "p", Role: "admin", FactorAt: c.at})

		if v := httpkit.FactorField(ctx, now, c.failed); v.Ask != c.ask || v.Error != c.says {
			t.Errorf("proved at %v, %v: %+v", c.at, c.failed, v)
		}
	}
	if (httpkit.Visitor{FactorAt: now}).Proved(now) {
		t.Error("nobody has proved something")
	}
}

func TestEveryRoleBeginsSomewhere(t *testing.T) {
	t.Parallel()
	for role, want := range map[string]string{"admin": "/admin", "support": "/support-desk", "tpp": "/playground", "": "/", "other": "/"} {
		if got := httpkit.Home(role); got != want {
			t.Errorf("%q begins at %s, want %s", role, got, want)
		}
	}
}
