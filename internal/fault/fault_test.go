package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fairway/internal/fault"
)

var errTaken = fault.New(fault.Conflict, "name_taken", "This name is taken.")

func TestACopyKeepsTheCodeAndLeavesTheOriginalAlone(t *testing.T) {
	t.Parallel()
	cause := errors.New("UNIQUE constraint failed: apps.name")

	f := errTaken.With(cause).At("name").Saying("Choose another name.").After(time.Minute)

	if !errors.Is(f, errTaken) || !errors.Is(f, cause) || f.Path != "name" || f.Message != "Choose another name." || f.RetryAfter != time.Minute || f.Kind != fault.Conflict {
		t.Errorf("%+v", f)
	}
	if errTaken.Path != "" || errTaken.Message != "This name is taken." || errTaken.RetryAfter != 0 || errTaken.Unwrap() != nil {
		t.Errorf("the original became %+v", errTaken)
	}
}

func TestTheCauseIsInTheLogTextAndNowhereElse(t *testing.T) {
	t.Parallel()
	f := errTaken.With(errors.New("apps.name"))

	if !strings.Contains(f.Error(), "apps.name") || strings.Contains(f.Message, "apps.name") {
		t.Errorf("%s / %s", f.Error(), f.Message)
	}
}

func TestFaultsCompareByCode(t *testing.T) {
	t.Parallel()
	wrapped := fmt.Errorf("create app: %w", errTaken.At("x"))
	if !errors.Is(wrapped, errTaken) || errors.Is(wrapped, fault.New(fault.Conflict, "other", "")) || errors.Is(fault.New(fault.Conflict, "", ""), fault.New(fault.Conflict, "", "")) {
		t.Error("codes do not decide")
	}
	if !fault.Is(wrapped, fault.Conflict) || fault.Is(wrapped, fault.Invalid) || fault.Is(errors.New("x"), fault.Internal) || fault.Is(nil, fault.Internal) {
		t.Error("kinds do not decide")
	}
}

func TestWhatIsNoFaultSaysNothing(t *testing.T) {
	t.Parallel()
	f := fault.Of(errors.New("dial tcp 10.0.0.7:5432: refused"))

	if f.Kind != fault.Internal || f.Code != "internal" || strings.Contains(f.Message, "10.0.0.7") || !strings.Contains(f.Error(), "10.0.0.7") {
		t.Errorf("%+v", f)
	}
}

func TestEveryKindHasANameAndAnUnknownOneIsInternal(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for k := fault.Internal; k <= fault.Unavailable; k++ {
		if k.String() == "" || seen[k.String()] {
			t.Errorf("kind %d is %q", k, k)
		}
		seen[k.String()] = true
	}
	for _, k := range []fault.Kind{-1, 99} {
		if k.String() != "internal" {
			t.Errorf("kind %d is %q", int(k), k)
		}
	}
}

func TestAFormFaultListsItsFields(t *testing.T) {
	t.Parallel()
	f := fault.Form(fault.Field{Name: "email", Message: "Enter an address."}, fault.Field{Name: "password", Message: "Use 12 characters."})

	if f.Kind != fault.Invalid || f.Code != "form_invalid" || len(f.Fields) != 2 {
		t.Errorf("%+v", f)
	}
}
