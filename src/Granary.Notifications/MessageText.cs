using System.Globalization;
using System.Text;

namespace Granary.Notifications;

/// <summary>The text of a notification as people read it in a mail or chat.</summary>
internal static class MessageText
{
    private const string Cut = "…";

    /// <summary>The event and its subject in one line without control characters.</summary>
    public static string Title(Notification notification) => OneLine(notification.Subject.Length == 0
        ? $"Granary: {NotificationSettings.WordOf(notification.Event)}"
        : $"Granary: {NotificationSettings.WordOf(notification.Event)} · {notification.Subject}");

    /// <summary>The whole text: title, message and time.</summary>
    public static string Whole(Notification notification) =>
        $"{Title(notification)}\n{Body(notification)}\n{Time(notification.At)}";

    /// <summary>The message; lines end with a line feed, and other control characters are spaces.</summary>
    public static string Body(Notification notification) => string.Join('\n',
        notification.Text.ReplaceLineEndings("\n").Split('\n').Select(OneLine));

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Replaces control characters, also those that change the direction or place of the text, by spaces.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            line.Append(Rune.IsControl(rune) || rune.Value is (>= 0x2028 and <= 0x202E) or (>= 0x2066 and <= 0x2069) ? " "
                : rune.ToString());
        return line.ToString();
    }

    /// <summary>Returns the longest start of a text whose written form has at most this number of UTF-16 units.</summary>
    /// <param name="write">The form of one character in the receiver's markup.</param>
    public static string Fit(string text, int most, Func<Rune, string> write)
    {
        var all = new StringBuilder();
        var fits = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            all.Append(write(rune));
            if (all.Length <= most - Cut.Length) fits = all.Length;
            if (all.Length > most) return all.ToString(0, fits) + Cut;
        }
        return all.ToString();
    }
}
