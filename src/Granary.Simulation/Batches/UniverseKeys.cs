using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>The keys of a batch file's <c>universe</c>.</summary>
internal sealed record UniverseKeys
{
    [Key("a file of the members over time: [columns](universe.md#members)", Offers = "file", Without = "`rank`")]
    public Address? Members { get; init; }

    [Key("the factor by which the symbols are ranked, highest first; with `-` before it, lowest first", Without = "`members`")]
    public string? Rank { get; init; }

    [Key("how many of the ranked symbols are members", Without = "required with `rank`"), Range(1, 100_000)]
    public int? Top { get; init; }

    [Key("how often they are chosen, at the beginnings of these periods of the calendar, in UTC", Without = "`\"1mo\"`")]
    public CalendarSpan? Every { get; init; }

    [Key("comparisons that a symbol must meet to be ranked, such as `\"close > 5\"`: a factor, one of `<` `<=` `>` `>=`, and a factor or a "
        + "number", Without = "none")]
    public IReadOnlyList<string> Where { get; init; } = [];

    [Key("a position in a symbol that has left: `close` closes it at the next open, `hold` leaves it to the strategy's exit")]
    public LeavePolicy OnLeave { get; init; }
}
