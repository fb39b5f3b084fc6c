using System.Text;
using System.Text.Json;
using Granary.Data.Files;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>Layout of a JSON object with a list for each price, as Yahoo's charts and Finnhub's candles.</summary>
internal sealed record JsonColumnsLayout : BarFileLayout
{
    public bool Adjusted { get; init; }

    /// <inheritdoc/>
    public override bool HasAdjustedClose => Adjusted;

    internal override BarTextParser CreateParser(TextFile file, BarCollector collector, BarFileOptions options,
        Action<RowFault>? onFault) =>
        new JsonColumnsParser(this, file.DisplayName, collector, options, onFault);
}

/// <summary>
/// Parses a <see cref="JsonColumnsLayout"/>. The text is held in memory, since the first bar is complete only when its last list begins.
/// </summary>
internal sealed class JsonColumnsParser(JsonColumnsLayout layout, string file, BarCollector collector, BarFileOptions options,
    Action<RowFault>? onFault)
    : BarTextParser(layout, file, collector, options, onFault)
{
    private const string Remedy = "download it again";
    private const int MostBytes = 512 << 20;

    private readonly MemoryStream _text = new();
    private long _record;

    protected override long Record => _record;

    public override int Parse(ReadOnlySpan<byte> text, bool last)
    {
        if (_text.Length + text.Length > MostBytes)
            throw BarDataException.At(File, null, null, "a JSON text with a list for each price is read up to 512 MB",
                "write it as [[time, open, high, low, close, volume], …]");
        _text.Write(text);
        return text.Length;
    }

    public override void Finish()
    {
        Line = 1;
        try
        {
            using var document = JsonDocument.Parse(_text.GetBuffer().AsMemory(0, (int)_text.Length));
            var lists = new Dictionary<ColumnRole, JsonElement>();
            var zone = (string?)null;
            Collect(document.RootElement, "", lists, ref zone);
            Read(lists, zone);
        }
        catch (JsonException)
        {
            throw BarDataException.At(File, null, null, "the text is not valid JSON; it may be cut off or edited", Remedy);
        }
    }

    private void Collect(JsonElement element, string name, Dictionary<ColumnRole, JsonElement> lists, ref string? zone)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in element.EnumerateObject())
            {
                if (member.NameEquals("exchangeTimezoneName") && member.Value.ValueKind == JsonValueKind.String)
                    zone = member.Value.GetString();
                Collect(member.Value, member.Name, lists, ref zone);
            }
            return;
        }
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() == 0) return;
        if (element[0].ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            if (element.GetArrayLength() > 1)
                throw BarDataException.At(File, null, name, $"the list holds {element.GetArrayLength()} markets",
                    "save each of them into a file of its own");
            Collect(element[0], name, lists, ref zone);
            return;
        }
        if (RoleOf(name) is not ColumnRole.Skip and var role && !lists.TryAdd(role, element))
            throw BarDataException.At(File, null, name, "the list is there twice, so the text holds several markets",
                "save each of them into a file of its own");
    }

    private static ColumnRole RoleOf(string name) => name.ToLowerInvariant() switch
    {
        "timestamp" or "timestamps" or "t" or "time" or "date" or "datetime" => ColumnRole.Time,
        "open" or "o" => ColumnRole.Open,
        "high" or "h" => ColumnRole.High,
        "low" or "l" => ColumnRole.Low,
        "close" or "c" => ColumnRole.Close,
        "volume" or "v" => ColumnRole.Volume,
        "adjclose" => ColumnRole.AdjustedClose,
        _ => ColumnRole.Skip,
    };

    private void Read(Dictionary<ColumnRole, JsonElement> lists, string? zone)
    {
        foreach (var role in (ColumnRole[])[ColumnRole.Time, ColumnRole.Open, ColumnRole.High, ColumnRole.Low, ColumnRole.Close])
            if (!lists.ContainsKey(role))
                throw BarDataException.At(File, null, null, $"there is no list for {role.ToString().ToLowerInvariant()}", Remedy);
        var count = lists[ColumnRole.Time].GetArrayLength();
        foreach (var (role, list) in lists)
            if (list.GetArrayLength() != count)
                throw BarDataException.At(File, null, role.ToString().ToLowerInvariant(),
                    $"the list has {list.GetArrayLength()} values, and that of the times {count}", Remedy);
        var values = lists.ToDictionary(l => l.Key, l => l.Value.EnumerateArray().ToArray());
        var local = zone is not null && !Collector.Timeframe.IsIntraday && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
            ? found : null;
        var reader = ReaderOf(values[ColumnRole.Time]);
        for (var i = 0; i < count; i++)
        {
            _record = i + 1;
            if (IsEmpty(values, i)) Collector.SkippedRows++;
            else TakeBar(values, i, reader, local);
        }
        _record = 0;
    }

    private TimestampReader ReaderOf(JsonElement[] times)
    {
        var texts = times.Take(2000).Select(t => Encoding.UTF8.GetBytes(t.ToString())).ToList();
        if (TimestampStyle.Detect(texts, out _) is { } style)
            return new TimestampReader(style) { BeforeEpoch = TimestampStyle.EarlyEpoch(texts) is not null };
        throw BarDataException.At(File, null, "time", $"'{Shorten(times[0].ToString())}' is not a time", Remedy);
    }

    private static bool IsEmpty(Dictionary<ColumnRole, JsonElement[]> values, int i) =>
        values.All(v => v.Key is ColumnRole.Time or ColumnRole.Volume || v.Value[i].ValueKind == JsonValueKind.Null);

    private void TakeBar(Dictionary<ColumnRole, JsonElement[]> values, int i, TimestampReader reader, TimeZoneInfo? local)
    {
        var value = new double[(int)ColumnRole.AdjustedClose + 1];
        value[(int)ColumnRole.AdjustedClose] = 1;
        foreach (var (role, list) in values)
        {
            if (role == ColumnRole.Time || role == ColumnRole.Volume && list[i].ValueKind == JsonValueKind.Null) continue;
            var text = list[i].ToString();
            if (!DecimalNumber.TryParse(Encoding.UTF8.GetBytes(text), 0, out value[(int)role], out var decimals))
            {
                Fail(RowFaultKind.Value, role.ToString().ToLowerInvariant(), NotANumber(text), "correct the record or remove it");
                return;
            }
            if (role is >= ColumnRole.Open and <= ColumnRole.Close) Collector.SeeDecimals(decimals);
        }
        if (!values.TryGetValue(ColumnRole.Volume, out var volumes) || volumes[i].ValueKind == JsonValueKind.Null)
            Collector.RowsWithoutVolume++;
        var written = values[ColumnRole.Time][i].ToString();
        if (!reader.TryRead(Encoding.UTF8.GetBytes(written), out var time))
        {
            Fail(RowFaultKind.Value, "time", NotATime(written), "correct the record or remove it");
            return;
        }
        if (local is not null && time.Zone == ZoneStyle.Zulu)
        {
            // A day of Sydney begins on the day before in UTC.
            var ticks = TimeZoneInfo.ConvertTimeFromUtc(new DateTime(time.LocalTicks, DateTimeKind.Utc), local).Ticks;
            time = new Timestamp((int)(ticks / TimeSpan.TicksPerDay), ticks % TimeSpan.TicksPerDay, true, ZoneStyle.None, 0);
        }
        Accept(time, "time", new Bar(0, value[(int)ColumnRole.Open], value[(int)ColumnRole.High], value[(int)ColumnRole.Low],
            value[(int)ColumnRole.Close], value[(int)ColumnRole.Volume]), value[(int)ColumnRole.AdjustedClose]);
    }
}
