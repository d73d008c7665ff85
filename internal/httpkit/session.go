package httpkit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/gorilla/sessions"
)

// Keeper keeps sessions in the database. The people's door adapts accounts to it.
type Keeper interface {
	// Load finds a live session by the cookie's token and notes that it was used; ok is false where there is none.
	Load(ctx context.Context, token string) (kept Kept, ok bool, err error)
	// Peek is Load for a page that asks by itself: nobody has used the session.
	Peek(ctx context.Context, token string) (kept Kept, ok bool, err error)
	// Create starts a session, of nobody where personID is empty, and returns the cookie's token.
	Create(ctx context.Context, personID string, data map[string]string, ip, userAgent string) (token string, err error)
	// Renew gives the session a new token and keeps all else; the old token ends.
	Renew(ctx context.Context, old string) (token string, err error)
	// Save replaces the session's data.
	Save(ctx context.Context, token string, data map[string]string) error
	// Kill ends the session.
	Kill(ctx context.Context, token string) error
}

// Kept is a session as it was found.
type Kept struct {
	Visitor Visitor
	// Owing is who entered the password and still owes the second factor. Visitor is nobody then.
	Owing Visitor
	Data  map[string]string
}

// Store is a gorilla session store whose cookie carries a random token only; all else is in the database, so
// that logging out ends the session wherever its cookie was copied to.
type Store struct {
	keeper Keeper
	secure bool
}

// NewStore makes the store. Secure follows the base URL: https gets __Host- and Secure.
func NewStore(k Keeper, secure bool) *Store { return &Store{keeper: k, secure: secure} }

const sessionKey = "fairway.session"

// own are the session's values that are not remembered texts. No text can take their place, whatever its key.
type own int

const (
	ownVisitor own = iota
	ownOwing
	ownPerson
)

func (s *Store) cookieName() string { return cookieName("fairway", s.secure) }

func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// Polls reports whether an open page asks by itself, without anybody at it: a part of it that is fetched again (ui.Poll), or
// the whole page by its refresh, which a browser sends like a link of ours that nobody has clicked. Such a request does not
// keep a session from idling out. Who claims it for other reading shortens the own session, and is not seen as its last use.
func Polls(r *http.Request) bool {
	h := r.Header
	return r.Method == http.MethodGet && (h.Get("Fairway-Poll") != "" ||
		h.Get("Sec-Fetch-Mode") == "navigate" && h.Get("Sec-Fetch-Site") == "same-origin" && h.Get("Sec-Fetch-User") == "")
}

// Get returns the request's session, as gorilla asks.
func (s *Store) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New reads the session of the request's cookie. Two cookies of the name count as none.
func (s *Store) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	session.Options = &sessions.Options{Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode}
	session.IsNew = true
	token := onlyCookie(r, s.cookieName())
	if token == "" {
		return session, nil
	}
	load := s.keeper.Load
	if Polls(r) {
		load = s.keeper.Peek
	}
	kept, ok, err := load(r.Context(), token)
	if err != nil || !ok {
		return session, err
	}
	session.IsNew = false
	session.ID = token
	for k, v := range kept.Data {
		session.Values[k] = v
	}
	session.Values[ownVisitor], session.Values[ownOwing] = kept.Visitor, kept.Owing
	return session, nil
}

// Save writes the session and its cookie. A session without an ID is created; a negative age ends it.
func (s *Store) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	if session.Options.MaxAge < 0 {
		if session.ID != "" {
			if err := s.keeper.Kill(r.Context(), session.ID); err != nil {
				return err
			}
		}
		s.setCookie(w, "", session.Options)
		return nil
	}
	data := map[string]string{}
	for k, v := range session.Values {
		key, isKey := k.(string)
		value, isValue := v.(string)
		if isKey && isValue {
			data[key] = value
		}
	}
	if session.ID != "" {
		return s.keeper.Save(r.Context(), session.ID, data)
	}
	person, _ := session.Values[ownPerson].(string)
	token, err := s.keeper.Create(r.Context(), person, data, clientIP(r), r.UserAgent())
	if err != nil {
		return err
	}
	session.ID = token
	s.setCookie(w, token, session.Options)
	return nil
}

func (s *Store) setCookie(w http.ResponseWriter, token string, o *sessions.Options) {
	http.SetCookie(w, sessions.NewCookie(s.cookieName(), token, o))
}

// onlyCookie is the value of the one cookie of this name, or nothing where there are two.
func onlyCookie(r *http.Request, name string) string {
	found := r.CookiesNamed(name)
	if len(found) != 1 {
		return ""
	}
	return found[0].Value
}

type addressKey struct{}

// WithAddress remembers the caller's address, as gin determined it, for the session row.
func WithAddress(ctx context.Context, ip string) context.Context {
	return context.WithValue(ctx, addressKey{}, ip)
}

func clientIP(r *http.Request) string {
	ip, _ := r.Context().Value(addressKey{}).(string)
	return ip
}

// Sessions is the middleware that finds the visitor's session.
func Sessions(store *Store, fail func(*gin.Context, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Request = c.Request.WithContext(WithAddress(c.Request.Context(), c.ClientIP()))
		session, err := store.Get(c.Request, "portal")
		if err != nil {
			fail(c, fmt.Errorf("load session: %w", err))
			c.Abort()
			return
		}
		c.Set(sessionKey, session)
		if v, ok := session.Values[ownVisitor].(Visitor); ok {
			SetVisitor(c, v)
		}
		c.Set(owingKey, session.Values[ownOwing])
	}
}

func sessionOf(c *gin.Context) *sessions.Session {
	v, _ := c.Get(sessionKey)
	session, _ := v.(*sessions.Session)
	return session
}

// SignIn gives the browser a new session of this person and ends the old one. What was remembered for the
// anonymous visitor is forgotten.
func SignIn(c *gin.Context, person string) error {
	session := sessionOf(c)
	if err := endOld(c, session); err != nil {
		return err
	}
	session.Values = map[any]any{ownPerson: person}
	return session.Save(c.Request, c.Writer)
}

// SignOut ends the session here and everywhere its cookie was copied to.
func SignOut(c *gin.Context) error {
	session := sessionOf(c)
	session.Options.MaxAge = -1
	if err := session.Save(c.Request, c.Writer); err != nil {
		return err
	}
	SetVisitor(c, Visitor{})
	c.Set(owingKey, Visitor{})
	session.ID, session.Values, session.Options.MaxAge = "", map[any]any{}, 0
	return nil
}

// Renew gives the session a new token after its person proved more than before, so that a token from before opens
// nothing more. From here on the request is that of the person as she is known now.
func Renew(c *gin.Context) error {
	session := sessionOf(c)
	store, ok := session.Store().(*Store)
	if !ok || session.ID == "" {
		return errors.New("there is no session to renew")
	}
	ctx := c.Request.Context()
	token, err := store.keeper.Renew(ctx, session.ID)
	if err != nil {
		return err
	}
	kept, _, err := store.keeper.Load(ctx, token)
	if err != nil {
		return err
	}
	session.ID = token
	store.setCookie(c.Writer, token, session.Options)
	session.Values[ownVisitor], session.Values[ownOwing] = kept.Visitor, kept.Owing
	SetVisitor(c, kept.Visitor)
	c.Set(owingKey, kept.Owing)
	return nil
}

func endOld(c *gin.Context, session *sessions.Session) error {
	if session.ID == "" {
		return nil
	}
	store, ok := session.Store().(*Store)
	if !ok {
		return nil
	}
	old := session.ID
	session.ID = ""
	return store.keeper.Kill(c.Request.Context(), old)
}

// Remember keeps a short text in the visitor's session.
func Remember(c *gin.Context, key, value string) error {
	session := sessionOf(c)
	session.Values[key] = value
	return session.Save(c.Request, c.Writer)
}

// Recall reads what Remember kept.
func Recall(c *gin.Context, key string) string {
	session := sessionOf(c)
	if session == nil {
		return ""
	}
	value, _ := session.Values[key].(string)
	return value
}

// Forget drops what Remember kept.
func Forget(c *gin.Context, key string) error {
	session := sessionOf(c)
	if _, ok := session.Values[key]; !ok {
		return nil
	}
	delete(session.Values, key)
	return session.Save(c.Request, c.Writer)
}

// Flash shows a sentence on the next page. Kind is a tone of ui: ok, note, warn or bad.
func Flash(c *gin.Context, kind, text string) error { return Remember(c, "flash", kind+"|"+text) }

// takeFlash reads the sentence once. Asking for a page's headers alone leaves it for whoever reads the page.
func takeFlash(c *gin.Context) (kind, text string) {
	value := Recall(c, "flash")
	if value == "" || c.Request.Method == http.MethodHead {
		return "", ""
	}
	if err := Forget(c, "flash"); err != nil {
		return "", ""
	}
	kind, text, _ = strings.Cut(value, "|")
	return kind, text
}
