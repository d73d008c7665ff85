package httpkit

import "github.com/gin-gonic/gin"

// The cookie that marks a browser as one that a person signed in with, on https and on plain http of this machine.
const (
	deviceCookie      = "fairway_device"
	deviceCookieHTTPS = "__Host-fairway_device"
)

// DeviceCookie is the name of the cookie that marks a browser as one that a person signed in with.
func DeviceCookie(secure bool) string {
	if secure {
		return deviceCookieHTTPS
	}
	return deviceCookie
}

// Device is the mark of this browser, or nothing. It opens nothing, and counts for the person alone for whom it was made.
func Device(c *gin.Context) string {
	for _, name := range []string{deviceCookieHTTPS, deviceCookie} {
		if value := onlyCookie(c.Request, name); value != "" {
			return value
		}
	}
	return ""
}
