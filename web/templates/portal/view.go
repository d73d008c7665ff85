// Package portal draws the pages of the people's door itself: what it says when something fails.
package portal
