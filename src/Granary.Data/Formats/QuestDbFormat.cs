using Granary.Data.Reading;

namespace Granary.Data.Formats;

/// <summary>QuestDB's CSV export: quoted column names, and quoted times with six decimals and a Z.</summary>
[BarFormat("questdb", Order = 60)]
internal sealed class QuestDbFormat : BarFormat
{
    public override string Explanation => "QuestDB's CSV export of a bar table";

    public override bool Recognises(FileSample sample) =>
        sample.HasHeader && sample.Lines[sample.HeaderLines - 1].StartsWith('"')
            && sample.Lines[sample.HeaderLines - 1].Contains("timestamp", StringComparison.OrdinalIgnoreCase)
        && sample.Rows.Count > 0 && sample.Rows[0].Exists(f => f.EndsWith("000Z", StringComparison.Ordinal))
        && HeaderColumns.Assign(sample, out var missing, out _) is not null && missing.Count == 0;

    public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options)
    {
        if (!sample.HasHeader)
            throw NotOfThisFormat(sample, "a QuestDB export starts with a header", "export it again or use the format generic");
        return GenericFormat.Create(Name, sample, options, skipNulls: false);
    }
}
