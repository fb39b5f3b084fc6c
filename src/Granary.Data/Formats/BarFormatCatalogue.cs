using System.Reflection;
using Granary.Data.Files;
using Granary.Data.Reading;
using Granary.Data.Tables;
using Granary.Data.Text;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Data.Formats;

/// <summary>The file formats that a process knows.</summary>
public sealed class BarFormatCatalogue : Catalogue<BarFormat>, IBarFormats
{
    private readonly BarFormat[] _inOrder;
    private readonly GenericFormat _generic = new();

    /// <param name="builder">Holds the formats.</param>
    /// <param name="tables">The formats of typed tables; null = none.</param>
    public BarFormatCatalogue(CatalogueBuilder<BarFormat> builder, TableFormatCatalogue? tables = null) : base(builder)
    {
        Tables = tables ?? TableFormatCatalogue.None;
        _inOrder = [.. Entries.OrderBy(entry => OrderOf(entry.Value)).ThenBy(entry => entry.Name, StringComparer.Ordinal)
            .Select(entry => entry.Value)];
    }

    /// <inheritdoc/>
    public TableFormatCatalogue Tables { get; }

    /// <summary>Granary's own formats.</summary>
    public static BarFormatCatalogue BuiltIn { get; } =
        new(new CatalogueBuilder<BarFormat>("file format").AddFrom<BarFormat, BarFormatAttribute>(typeof(BarFormatCatalogue).Assembly));

    /// <summary>All formats, in the order in which "auto" tries them.</summary>
    public IReadOnlyList<BarFormat> InOrder => _inOrder;

    /// <summary>The format of this name; null for "auto".</summary>
    /// <exception cref="BarDataException">The format is unknown.</exception>
    public BarFormat? Find(string name)
    {
        if (name == "auto") return null;
        if (TryGet(name, out var format)) return format;
        var names = _inOrder.Select(f => f.Name).Append("auto").ToList();
        var nearest = Spelling.Nearest(name, names);
        var remedy = nearest is null ? "use one of " + string.Join(", ", names) : $"did you mean {nearest}?";
        throw new BarDataException($"'{name}' is not a file format; {remedy}");
    }

    void IBarFormats.Check(string name) => Find(name);

    BarFileLayout IBarFormats.Layout(TextFile file, BarFileOptions options)
    {
        var table = Tables.Of(file.Start.Span);
        var sample = FileSample.Of(file, table);
        var layout = FormatOf(sample, options).CreateLayout(sample, options);
        if (options.Columns is { NamesValues: true } named && !GenericFormat.Has(layout, named, sample))
            layout = _generic.CreateLayout(sample, options);
        if (layout is not RowLayout rows) return layout;
        rows = rows with { Table = table };
        rows = NumberSpelling.Decided(TimesOf(rows, sample), sample, named: options.Format != "auto");
        return UnreadVolume.Noted(SymbolColumns.Decided(rows, sample, options), sample);
    }

    bool IBarFormats.Recognises(TextFile file, BarFileOptions options)
    {
        var sample = FileSample.Of(file, Tables.Of(file.Start.Span));
        return FormatOf(sample, options).Recognises(sample);
    }

    // The spelling of the times that is not part of a style.
    private static RowLayout TimesOf(RowLayout layout, FileSample sample)
    {
        var column = Array.IndexOf(layout.Columns, ColumnRole.Time);
        if (column < 0 || sample.Column(column) is not { Count: > 0 } times) return layout;
        layout = layout with { ZoneName = TimestampStyle.ZoneName(times[0]), BeforeEpoch = TimestampStyle.EarlyEpoch(times) is not null };
        var reader = new TimestampReader(layout.DateStyle) { ZoneName = layout.ZoneName, BeforeEpoch = layout.BeforeEpoch };
        return layout with
        {
            HasEvenings = times.TrueForAll(t => reader.TryRead(t, out var time) && time.TimeOfDay >= TimeSpan.TicksPerDay / 2),
        };
    }

    // If no format recognizes the file, the generic format reports what is missing.
    private BarFormat FormatOf(FileSample sample, BarFileOptions options) =>
        options.Columns is { NamesValues: true } named && (named.IsComplete || !sample.HasHeader) ? _generic
        : Find(options.Format) ?? _inOrder.FirstOrDefault(f => f.Recognises(sample)) ?? _generic;

    private static int OrderOf(BarFormat format) => format.GetType().GetCustomAttribute<BarFormatAttribute>()!.Order;
}
