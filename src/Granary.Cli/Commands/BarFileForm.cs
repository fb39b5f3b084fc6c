using Granary.Data.Reading;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;

namespace Granary.Cli.Commands;

/// <summary>The options for reading a bar file.</summary>
internal record BarFileForm
{
    [Key("auto, or a name of 'granary data formats'")]
    public string Format { get; init; } = "auto";
    [Key("what the file's times mean: open or close (open; of weeks and months what their dates show)")]
    public string? Stamp { get; init; }
    [Key("IANA name of the time zone of times without one (UTC)")]
    public string? TimeZone { get; init; }
    [Key("the columns by header or number, such as \"time=Datum;open=2;high=3;low=4;close=5\" (detected from the header); "
        + "those that are left out are found by the header; also timeOfDay, volume, adjustedClose, and symbol, the column that tells "
        + "markets apart, empty for none")]
    public string? Columns { get; init; }

    /// <exception cref="InputException">A word is unknown.</exception>
    public BarFileOptions ToOptions(GranaryCatalogues known) => new()
    {
        Format = Format,
        Formats = known.Formats,
        TimeZone = TimeZone,
        Stamp = Given.Stamp(Stamp),
        Columns = Columns is null ? null : ColumnsSection.Parse(Columns),
    };
}
