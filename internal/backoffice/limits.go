package backoffice

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"fairway/internal/accounts"
	"fairway/internal/catalog"
	"fairway/internal/db"
	"fairway/internal/fault"
	"fairway/internal/httpkit"
	"fairway/internal/quota"
	page "fairway/web/templates/backoffice"
	"fairway/web/templates/ui"
)

const limitsPath = "/admin/limits"

// limitPath is a page about the limit of an environment, or in it of one organisation.
func limitPath(act, environment, organisation string) string {
	values := url.Values{"environment": {environment}}
	if organisation != "" {
		values.Set("organisation", organisation)
	}
	return limitsPath + act + "?" + values.Encode()
}

func (f *Face) mountLimits(m httpkit.Mounts) {
	m.Admin.Get(limitsPath, f.showLimits)
	m.Admin.Get(limitsPath+"/new", f.askLimit)
	m.Admin.Post(limitsPath+"/new", f.setLimit)
	m.Admin.Get(limitsPath+"/end", f.askLimitEnd)
	m.Admin.Post(limitsPath+"/end", f.endLimit)
}

// limitForm is the form that sets a limit.
type limitForm struct {
	Environment  string `form:"environment"`
	Organisation string `form:"organisation"` // a name or an id; empty for everybody
	PerSecond    string `form:"per_second"`
	PerDay       string `form:"per_day"`
	EndsAt       string `form:"ends_at"`
	Reason       string `form:"reason"`
	Code         string `form:"code"`
}

func (f *Face) showLimits(c *gin.Context) error {
	ctx := c.Request.Context()

	list, err := f.Quota.List(ctx)
	if err != nil {
		return err
	}
	known, err := f.namesOfLimits(ctx, list)
	if err != nil {
		return err
	}

	view := limitsView(list, known, f.Quota.Limits(), f.Clock.Now())
	return httpkit.Page(c, http.StatusOK, page.Limits(wideFrame(c, view.Head.Title, limitsPath, problems{}), view))
}

func (f *Face) namesOfLimits(ctx context.Context, list []quota.Limit) (names, error) {
	var organisations, people []string
	for _, l := range list {
		people = append(people, l.By)
		if l.OrganisationID != "" {
			organisations = append(organisations, l.OrganisationID)
		}
	}
	addresses, err := f.Accounts.Addresses(ctx, people)
	if err != nil {
		return names{}, err
	}
	known, err := f.Accounts.OrganisationNames(ctx, organisations)
	return names{addresses, known}, err
}

// askLimit begins with what applies now.
func (f *Face) askLimit(c *gin.Context) error {
	form := limitForm{Environment: string(catalog.Sandbox), Organisation: clip(c.Query("organisation"))}
	all := ""
	if env, known := catalog.ParseEnvironment(c.Query("environment")); known && form.Organisation == "" {
		form.Environment, all = string(env), everybody
	} else if known {
		form.Environment = string(env)
	}
	ctx := c.Request.Context()
	applies, err := f.Quota.For(ctx, form.Environment, form.Organisation)
	if err != nil {
		return err
	}
	if limit, found, err := f.limitOf(ctx, form); err != nil {
		return err
	} else if found && limit.EndsAt != nil && limit.Holds(f.Clock.Now()) {
		form.EndsAt = limit.EndsAt.Format(time.DateOnly)
	}
	form.PerSecond, form.PerDay, form.Organisation = strconv.Itoa(applies.PerSecond), strconv.Itoa(applies.PerDay), cmp.Or(form.Organisation, all)
	return f.showLimitForm(c, form, nil)
}

func (f *Face) showLimitForm(c *gin.Context, form limitForm, failed error) error {
	found, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	view := limitFormView(form, found, httpkit.FactorField(c, f.Clock.Now(), failed))
	return httpkit.Page(c, found.status, page.LimitForm(staffFrame(c, view.Head.Title, limitsPath, found), view))
}

// setLimit puts a limit in force for everybody in an environment, or for one organisation.
func (f *Face) setLimit(c *gin.Context) error {
	ctx := c.Request.Context()

	var form limitForm
	var limit quota.Limit
	err := httpkit.BindForm(c, &form)
	if err == nil {
		limit, err = f.readLimit(ctx, form)
	}
	if err == nil {
		err = f.proved(c, form.Code)
	}
	if err != nil {
		return f.showLimitForm(c, form, err)
	}

	limit.By = httpkit.Who(c).PersonID
	if err := f.DB.InTx(ctx, func(tx db.Tx) error { return quota.Set(tx, limit) }); err != nil {
		return f.showLimitForm(c, form, err)
	}

	return goTo(c, limitsPath, ui.OK, "The limit is in force.")
}

// everybody is typed in the place of an organisation, so that nobody changes the limit of all by leaving a field empty.
const everybody = "everybody"

// readLimit reads what was typed; all that can be wrong with it is said at once.
func (f *Face) readLimit(ctx context.Context, form limitForm) (quota.Limit, error) {
	reason, reasonErr := accounts.CheckReason(form.Reason)
	ends, wrong := readDay("ends_at", form.EndsAt)
	id, unknown, err := f.organisationOrAll(ctx, strings.TrimSpace(form.Organisation))
	if err != nil {
		return quota.Limit{}, err
	}
	l := quota.Limit{Environment: form.Environment, OrganisationID: id, Reason: reason,
		Limits: quota.Limits{PerSecond: typedNumber(form.PerSecond), PerDay: typedNumber(form.PerDay)}}
	if !ends.IsZero() {
		l.EndsAt = &ends
	}
	return l, together(fault.Form(append(unknown, wrong...)...), reasonErr, l.Check(f.Clock.Now()))
}

// organisationOrAll is the organisation that was typed; the empty id is everybody's.
func (f *Face) organisationOrAll(ctx context.Context, typed string) (string, []fault.Field, error) {
	switch {
	case typed == "":
		return "", []fault.Field{{Name: "organisation", Message: "Enter an organisation, or the word everybody for all in the environment."}}, nil
	case strings.EqualFold(typed, everybody):
		return "", nil, nil
	}
	return f.organisationThere(ctx, typed)
}

// organisationThere takes what organisationNamed takes, and makes sure that the organisation exists.
func (f *Face) organisationThere(ctx context.Context, typed string) (string, []fault.Field, error) {
	id, wrong, err := f.organisationNamed(ctx, typed)
	if err != nil || len(wrong) > 0 || id == "" {
		return id, wrong, err
	}
	_, err = f.Accounts.Administered(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return id, []fault.Field{{Name: "organisation", Message: "No organisation has this id. Look it up under Organisations."}}, nil
	}
	return id, nil, err
}

// typedNumber reads a whole number, with commas or without; what is none is refused where zero is.
func typedNumber(typed string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(typed), ",", ""))
	if err != nil {
		return 0
	}
	return n
}

func (f *Face) askLimitEnd(c *gin.Context) error {
	return f.showLimitEnd(c, limitForm{Environment: c.Query("environment"), Organisation: clip(c.Query("organisation"))}, nil)
}

func (f *Face) showLimitEnd(c *gin.Context, form limitForm, failed error) error {
	ctx := c.Request.Context()
	limit, found, err := f.limitOf(ctx, form)
	switch {
	case err != nil:
		return err
	case failed == nil && (!found || !limit.Holds(f.Clock.Now())):
		return httpkit.SeeOther(c, limitsPath)
	case !found:
		return quota.ErrNoLimit
	}
	known, err := f.namesOfLimits(ctx, []quota.Limit{limit})
	if err != nil {
		return err
	}
	wrong, err := problemsOf(c, failed)
	if err != nil {
		return err
	}
	view := limitEndView(limit, known, form, wrong)
	view.Factor = httpkit.FactorField(c, f.Clock.Now(), failed)
	return httpkit.Page(c, wrong.status, page.Sanction(staffFrame(c, view.Head.Title, limitsPath, wrong), view))
}

// limitOf finds what was set for an environment and an organisation.
func (f *Face) limitOf(ctx context.Context, form limitForm) (quota.Limit, bool, error) {
	list, err := f.Quota.List(ctx)
	if err != nil {
		return quota.Limit{}, false, err
	}
	for _, l := range list {
		if l.Environment == form.Environment && l.OrganisationID == form.Organisation {
			return l, true, nil
		}
	}
	return quota.Limit{}, false, nil
}

// endLimit ends a limit now.
func (f *Face) endLimit(c *gin.Context) error {
	ctx := c.Request.Context()

	var form limitForm
	var sanctioned sanctionForm
	err := httpkit.BindForm(c, &form)
	if err == nil {
		sanctioned = sanctionForm{Reason: form.Reason, Code: form.Code}
		err = f.sanctioned(c, &sanctioned)
	}
	if err != nil {
		return f.showLimitEnd(c, form, err)
	}

	err = f.DB.InTx(ctx, func(tx db.Tx) error {
		return quota.End(tx, form.Environment, form.Organisation, httpkit.Who(c).PersonID, sanctioned.Reason)
	})
	if err != nil {
		return f.showLimitEnd(c, form, err)
	}

	return goTo(c, limitsPath, ui.OK, "Ended. The limit behind it applies from now on.")
}

// endsOn is the last instant of a limit as people read it.
func endsOn(at *time.Time) string {
	switch {
	case at == nil:
		return "No end"
	case at.Equal(at.Truncate(24 * time.Hour)):
		return day(*at)
	}
	return stamp(*at)
}
