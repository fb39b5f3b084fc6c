using System.Collections.Frozen;
using Granary.Data.Reading;

namespace Granary.Data.Formats;

/// <summary>
/// Tables of European programs: semicolons between columns, decimal commas, days before months, and column names in German, French,
/// Spanish, Italian, Dutch, Portuguese or Polish.
/// </summary>
[BarFormat("european", Order = 70)]
internal sealed class EuropeanFormat : BarFormat
{
    private static readonly FrozenDictionary<string, string> Names = new (string English, string Words)[]
    {
        ("date", "datum data fecha jour"),
        ("time", "zeit uhrzeit heure hora ora tijd"),
        ("timestamp", "zeitstempel horodatage"),
        ("datetime", "datumzeit"),
        ("open", "eröffnung eröffnungskurs eröffn eroeffnung erster ouverture ouv apertura aper opening abertura otwarcie"),
        ("high", "hoch höchst tageshoch haut plushaut máximo maximo máx massimo hoog hoogste máxima najwyższy najwyzszy"),
        ("low", "tief tiefst tagestief bas plusbas mínimo minimo mín laag laagste mínima najniższy najnizszy"),
        ("close", "schluss schlusskurs schluß zuletzt clôture cloture dernier cierre último chiusura ultimo slot "
            + "slotkoers laatste fechamento zamknięcie zamkniecie"),
        ("volume", "volumen stück stücke stückzahl stueck stuecke stueckzahl umsatz vol quantità wolumen numberofshares"),
    }.SelectMany(n => n.Words.Split(' '), (n, word) => (word, n.English)).ToFrozenDictionary(n => n.word, n => n.English,
        StringComparer.Ordinal);

    public override string Explanation => "semicolons, decimal commas and days before months; names of columns in seven languages";

    public override bool Recognises(FileSample sample)
    {
        if (!sample.HasHeader) return false;
        var roles = HeaderColumns.Assign(sample, out var missing, out _, English);
        var local = sample.Header.Any(h => Names.ContainsKey(FileSample.Plain(h)) && FileSample.Plain(h) is not "vol");
        return missing.Count == 0 && (local || sample.Delimiter != ',' && NumberSpelling.HasDecimalComma(sample, roles) == true);
    }

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!sample.HasHeader)
            throw NotOfThisFormat(sample, "a table without a header does not name its columns",
                "start it with a header as Datum;Eröffnung;Hoch;Tief;Schluss;Volumen");
        var layout = DayFirst(GenericFormat.Create(Name, sample, options, english: English));
        // In a European table 18,040 has decimals, unless another number shows the opposite.
        return layout with { DecimalComma = NumberSpelling.HasDecimalComma(sample, layout.Columns) ?? HasCommas(sample) };
    }

    private static string English(string name) => Names.GetValueOrDefault(name, name);

    private static bool HasCommas(FileSample sample) => sample.Rows.Any(row => row.Any(field => field.Contains(',')));
}
