namespace Granary;

/// <summary>The keys of a batch's <c>data.instruments.session</c>.</summary>
public sealed record BatchSession
{
    /// <summary>XNYS: its hours and its holidays, instead of timeZone, open, close, breaks and days.</summary>
    public string? Calendar { get; init; }

    /// <summary>IANA zone of all times here, such as America/New_York.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Local time of the first bar's open, such as 09:30.</summary>
    public string? Open { get; init; }

    /// <summary>
    /// Local end, up to 24:00. One that is not after open crosses midnight (CME: 18:00 to 17:00, currencies: 17:00 to 17:00); the session
    /// belongs to the day on which it closes.
    /// </summary>
    public string? Close { get; init; }

    /// <summary>Local times without trading within the session, as ["11:30-12:30"].</summary>
    public IReadOnlyList<string>? Breaks { get; init; }

    /// <summary>Weekdays of the sessions, as ["Sunday", "Monday"].</summary>
    public IReadOnlyList<string>? Days { get; init; }

    /// <summary>Local dates without a session, as ["2024-12-25"].</summary>
    public IReadOnlyList<string>? Holidays { get; init; }

    /// <summary>
    /// Sessions with hours of their own by local date, also on a day without one: a half day or a Saturday, as { "2024-12-24":
    /// "09:30-13:00" }.
    /// </summary>
    public Dictionary<string, string>? Special { get; init; }

    internal string? Word { get; init; }

    /// <summary>The section of which only this word is given.</summary>
    public static implicit operator BatchSession(string word) => new() { Word = word };
}
