using System.Text;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>
/// Klines in the JSON of exchanges' REST interfaces and freqtrade: [[time, open, high, low, close, volume, …], …]. The prices of Coinbase,
/// Bitfinex, KuCoin and Gate.io stand in other orders, which the records show.
/// </summary>
[BarFormat("json", Order = 20)]
internal sealed class JsonKlinesFormat : BarFormat
{
    public override string Explanation => "a JSON array of [time, open, high, low, close, volume, …], times in s, ms or µs since 1970";

    public override bool Recognises(FileSample sample) => sample.StartsWithBracket && JsonSample.Of(sample).Kind is JsonSample.Form.Lists
        or JsonSample.Form.None;

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options) => Create(Name, sample);

    internal static JsonKlinesLayout Create(string name, FileSample sample)
    {
        var text = Encoding.UTF8.GetString(sample.Head);
        var inner = text.IndexOf('[', text.IndexOf('[') + 1);
        var end = inner < 0 ? -1 : text.IndexOfAny([',', ']'], inner);
        if (end < 0) throw BarDataException.At(sample.File.DisplayName, 1, null, "the array holds no klines",
            "write it as [[time, open, high, low, close, volume], …]");
        var time = Encoding.UTF8.GetBytes(text[(inner + 1)..end].Trim().Trim('"'));
        if ((TimestampStyle.Detect([time], out _) ?? JsonValueOrder.StyleOf(JsonSample.Of(sample).Lists, out _)) is not { } style)
            throw BarDataException.At(sample.File.DisplayName, 1, "record 1 time",
                $"'{Shorten(Encoding.UTF8.GetString(time))}' is not a time", "use seconds, milliseconds or microseconds since 1970");
        var found = JsonSample.Of(sample).Lists;
        var (values, note) = JsonValueOrder.Of(found);
        var early = JsonValueOrder.StyleOf(found, out var beforeEpoch);
        return new JsonKlinesLayout
        {
            Format = name,
            DateStyle = beforeEpoch ? early!.Value : style,
            BeforeEpoch = beforeEpoch,
            Values = values,
            Notes = note is null ? [] : [note],
        };
    }
}
