using Granary.Data.Files;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>Structure of a bar file that a parser needs before it reads the rows.</summary>
public abstract record BarFileLayout
{
    private protected BarFileLayout()
    {
    }

    /// <summary>The format's name.</summary>
    public required string Format { get; init; }

    /// <summary>Date format of the times.</summary>
    public required DateStyle DateStyle { get; init; }

    /// <summary>The day of times that are milliseconds since midnight, as days since 0001-01-01.</summary>
    public int BaseDay { get; init; }

    /// <summary>Whether day and month may be swapped, as far as the first rows show.</summary>
    public bool AmbiguousDates { get; init; }

    /// <summary>The IANA zone of times without an offset; null is UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The name of the zone behind each time, as "US/Eastern"; empty if the times are written without one.</summary>
    internal byte[] ZoneName { get; init; } = [];

    /// <summary>Whether times are counts from 1970 that may lie before 1971.</summary>
    internal bool BeforeEpoch { get; init; }

    /// <summary>Whether the format's times are opens, also of weeks that begin on a Thursday or Sunday.</summary>
    public bool TimesAreOpens { get; init; }

    /// <summary>
    /// Whether the first times are all later than noon, so the times of daily bars may be midnights of a zone east of UTC or evenings on
    /// which sessions begin.
    /// </summary>
    internal bool HasEvenings { get; init; }

    /// <summary>The meaning of the dates of days, weeks and months.</summary>
    internal PeriodLabel Label { get; init; }

    /// <summary>Meaning of the file's times if the format defines it; null = the options define it.</summary>
    public BarStamp? Stamp { get; init; }

    /// <summary>Venue, currency and trading hours that the format defines.</summary>
    public Instrument? Template { get; init; }

    /// <summary>Whether there is a column of adjusted closes.</summary>
    public abstract bool HasAdjustedClose { get; }

    /// <summary>Notes for the user of the bars; one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The symbols in the file, in order; at most one if it holds one market.</summary>
    internal virtual IReadOnlyList<string> SymbolsIn(TextFile file) => [];

    /// <summary>Returns the layout of one of several markets.</summary>
    internal virtual BarFileLayout Of(string symbol) => this;

    internal abstract BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options, Action<RowFault>? onFault);
}
