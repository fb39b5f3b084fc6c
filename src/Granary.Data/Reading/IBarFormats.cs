using Granary.Data.Files;
using Granary.Data.Tables;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>The known file formats, as the file readers use them.</summary>
public interface IBarFormats
{
    /// <summary>The formats of typed tables, which are read as texts of the same tables.</summary>
    TableFormatCatalogue Tables { get; }

    /// <summary>Determines the layout of a file.</summary>
    /// <exception cref="BarDataException">The file is of no known format, or not of the one that the options name.</exception>
    internal BarFileLayout Layout(TextFile file, BarFileOptions options);

    /// <summary>Whether a file is of a known format, or of the one that the options name.</summary>
    /// <exception cref="BarDataException">It is not a text.</exception>
    internal bool Recognises(TextFile file, BarFileOptions options);

    /// <summary>Validates a format name.</summary>
    /// <exception cref="BarDataException">The format is unknown.</exception>
    internal void Check(string name);
}
