using System.Text;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>
/// Bars in JSON of any service: a list of objects (Tiingo, FMP, EODHD, Twelve Data, Upbit), a list of lists inside an object (OKX, Bybit,
/// KuCoin), or a list for each price (Yahoo's charts, Finnhub). Members are named as in a CSV's header.
/// </summary>
[BarFormat("records", Order = 34)]
internal sealed class JsonRecordsFormat : BarFormat
{
    private const string Example = "write it as [{ \"date\": \"2024-01-02\", \"open\": …, \"high\": …, \"low\": …, \"close\": …, "
        + "\"volume\": … }, …]";

    public override string Explanation =>
        "a JSON list of objects with date, open, high, low, close; lists inside an object; or a list for each price";

    public override bool Recognises(FileSample sample) =>
        (sample.StartsWithBrace || sample.StartsWithBracket) && JsonSample.Of(sample).Kind != JsonSample.Form.None;

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        var found = JsonSample.Of(sample);
        return found.Kind switch
        {
            JsonSample.Form.Objects => OfObjects(sample, found, options),
            JsonSample.Form.Lists => OfLists(sample, found),
            JsonSample.Form.Columns => OfColumns(sample),
            _ => throw NotOfThisFormat(sample, "the text holds no list of bars", Example),
        };
    }

    private JsonRecordsLayout OfObjects(FileSample sample, JsonSample found, BarFileOptions options)
    {
        var roles = RolesOf(found.Objects[0].Keys);
        foreach (var role in (ColumnRole[])[ColumnRole.Open, ColumnRole.High, ColumnRole.Low])
            if (!roles.ContainsValue(role))
                throw NotOfThisFormat(sample, $"the records have no member for {role.ToString().ToLowerInvariant()}", Example);
        var time = roles.First(r => r.Value == ColumnRole.Time).Key;
        var times = found.Objects.Select(o => o.GetValueOrDefault(time, "")).Where(t => t.Length > 0)
            .Select(Encoding.UTF8.GetBytes).ToList();
        var style = DetectDates(sample, times, 1, options, out var ambiguous);
        var constants = new Dictionary<string, string>(StringComparer.Ordinal);
        var symbol = JsonSymbols.Decide(sample, found, roles, constants, options);
        if (symbol is not null) roles[symbol] = ColumnRole.Symbol;
        return new JsonRecordsLayout
        {
            Format = Name,
            DateStyle = style,
            AmbiguousDates = ambiguous,
            BeforeEpoch = TimestampStyle.EarlyEpoch(times) is not null,
            ZoneName = TimestampStyle.ZoneName(times[0]),
            Holds = (name, depth) => depth == found.Depth && (depth == 0 || name == found.Holder),
            Depth = found.Depth,
            Member = name => roles.GetValueOrDefault(name, ColumnRole.Skip),
            SymbolMember = symbol,
            Constants = constants,
            Adjusted = roles.ContainsValue(ColumnRole.AdjustedClose),
            Example = Example,
        };
    }

    private JsonRecordsLayout OfLists(FileSample sample, JsonSample found)
    {
        if (JsonValueOrder.StyleOf(found.Lists, out var beforeEpoch) is not { } style)
            throw NotOfThisFormat(sample, $"'{Shorten(found.Lists[0][0])}', the first value of a list, is not a time", Example);
        var (values, note) = JsonValueOrder.Of(found.Lists);
        return new JsonRecordsLayout
        {
            Format = Name,
            DateStyle = style,
            BeforeEpoch = beforeEpoch,
            Holds = (name, depth) => depth == found.Depth && name == found.Holder,
            Values = values,
            Notes = note is null ? [] : [note],
            Example = Example,
        };
    }

    private JsonColumnsLayout OfColumns(FileSample sample) => new()
    {
        Format = Name,
        DateStyle = DateStyle.EpochSeconds,
        BeforeEpoch = true,
        Adjusted = sample.Contains("\"adjclose\""),
    };

    // The member of each role; of several, the one whose name is most certain.
    private static Dictionary<string, ColumnRole> RolesOf(IEnumerable<string> members)
    {
        var best = new Dictionary<ColumnRole, (string Name, int Rank)>();
        foreach (var member in members)
        {
            var role = HeaderColumns.RoleOf(FileSample.Plain(member), out var rank);
            if (role != ColumnRole.Skip && (!best.TryGetValue(role, out var known) || rank < known.Rank)) best[role] = (member, rank);
        }
        return best.ToDictionary(b => b.Value.Name, b => b.Key, StringComparer.Ordinal);
    }
}
