using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.Tables;

/// <summary>A format of files with typed columns, which Granary reads wherever it reads a table of text.</summary>
/// <remarks>The class has a <see cref="TableFormatAttribute"/> and a constructor without parameters.</remarks>
public interface ITableFormat
{
    /// <summary>Extensions of its files, with the point.</summary>
    IReadOnlyList<string> Extensions { get; }

    /// <summary>Whether a file that starts with these bytes is of this format, whatever its name.</summary>
    bool Recognises(ReadOnlySpan<byte> start);

    /// <summary>Opens a file.</summary>
    /// <param name="files">The files that may be opened.</param>
    /// <exception cref="BarDataException">The file does not exist, is damaged or encrypted; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    ITableFile Open(string path, PermittedFiles files);
}
