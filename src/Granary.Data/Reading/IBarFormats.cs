using Granary.Data.Files;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>The file formats that a process knows, as the readers of files use them.</summary>
public interface IBarFormats
{
    /// <summary>How a file is to be read.</summary>
    /// <exception cref="BarDataException">The file is of no known format, or not of the one that the options name.</exception>
    internal BarFileLayout Layout(TextFile file, BarFileOptions options);

    /// <summary>Whether a file is of a known format, or of the one that the options name.</summary>
    /// <exception cref="BarDataException">It is no text.</exception>
    internal bool Recognises(TextFile file, BarFileOptions options);

    /// <summary>Checks the name of a format.</summary>
    /// <exception cref="BarDataException">There is no such format.</exception>
    internal void Check(string name);
}
