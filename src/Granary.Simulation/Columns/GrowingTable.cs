using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Simulation.Columns;

/// <summary>The rows of a slower series in a file that may get more rows while it is read.</summary>
internal sealed class GrowingTable(AsofKeys keys, TableFormatCatalogue? formats)
{
    private (long Length, DateTime Changed) _read, _seen;
    private AsofTable? _table;

    /// <summary>Why the newest state of the file could not be read, in one sentence; null if it was read.</summary>
    public string? Fault { get; private set; }

    /// <summary>A note about the file for the reader of a result; null if there is none.</summary>
    public string? Note => _table?.Shape.Note;

    /// <summary>
    /// Reads the file again if it has changed. If its last line has no end, another program may still write it; then the file is read when
    /// it has not changed since the last call.
    /// </summary>
    /// <exception cref="BarDataException">The file is missing, or a row is invalid, at the first reading.</exception>
    /// <exception cref="BarStoreException">The disk failed at the first reading.</exception>
    public AsofTable Read()
    {
        try
        {
            var file = LinkedFile.Of(new FileInfo(keys.File.Path!));
            var state = file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
            if (_table is not null && (state == _read || state == default)) return _table;
            var isSettled = state == _seen;
            _seen = state;
            if (_table is not null && !isSettled && !EndsWithLine(file)) return _table;
            _table = AsofTable.Read(keys, formats, _table?.Shape);
            (_read, Fault) = (state, null);
        }
        catch (Exception e) when (_table is not null && e is BarDataException or BarStoreException or IOException)
        {
            // The rows that are known stay in use.
            Fault = $"{e.Message.TrimEnd('.')}; the session goes on with the rows that it had read before";
        }
        return _table!;
    }

    private bool EndsWithLine(FileInfo file)
    {
        using var stream = keys.File.Files.OpenRead(file.FullName);
        if (stream.Length == 0) return false;
        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte() == '\n';
    }
}
