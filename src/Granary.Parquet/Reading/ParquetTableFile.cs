using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Storage.Files;
using ParquetSharp;
using ParquetSharp.Schema;

namespace Granary.Parquet.Reading;

/// <summary>An opened Parquet file.</summary>
internal sealed class ParquetTableFile : ITableFile
{
    private const int FooterLength = 8;

    // Of each column that is read.
    private const int BufferSize = 128 << 10;

    private readonly FileStream _stream;
    private readonly ReaderProperties _properties;
    private readonly ParquetFileReader _reader;
    private readonly List<ParquetColumn> _columns = [];
    private readonly long _length;
    private readonly DateTime _modified;

    private ParquetTableFile(string path, FileStream stream)
    {
        (Path, _stream, _length, _modified) = (path, stream, stream.Length, File.GetLastWriteTimeUtc(stream.SafeFileHandle));
        CheckEnds();
        _properties = ReaderProperties.GetDefaultReaderProperties();
        _properties.EnablePageChecksumVerification();
        // Otherwise a whole column of a row group is loaded at once.
        _properties.EnableBufferedStream();
        _properties.BufferSize = BufferSize;
        try
        {
            _reader = new ParquetFileReader(stream, _properties, leaveOpen: true);
            var metadata = _reader.FileMetaData;
            (Rows, Groups) = (metadata.NumRows, metadata.NumRowGroups);
            AddColumns(metadata.Schema);
        }
        catch
        {
            _reader?.Dispose();
            _properties.Dispose();
            throw;
        }
    }

    public string Path { get; }

    public long Rows { get; }

    public int Groups { get; }

    public IReadOnlyList<TableColumn> Columns => [.. _columns.Select(c => c.Column)];

    /// <exception cref="BarDataException">The file does not exist, is damaged or encrypted; one sentence.</exception>
    /// <exception cref="BarStoreException">The disk failed.</exception>
    public static ParquetTableFile Open(string path, PermittedFiles files)
    {
        FileStream stream;
        try
        {
            stream = files.OpenRead(path, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ParquetFaults.Of(path, null, e);
        }
        try
        {
            return new ParquetTableFile(path, stream);
        }
        catch (Exception e) when (e is not BarDataException)
        {
            stream.Dispose();
            throw ParquetFaults.Of(path, null, e);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public ITableReader Read(IReadOnlyList<int> columns, int batchSize) =>
        new ParquetTableReader(this, [.. columns.Select(c => _columns[c])], batchSize);

    /// <summary>Opens a row group, counted from 0.</summary>
    public RowGroupReader OpenGroup(int group) => _reader.RowGroup(group);

    /// <exception cref="BarDataException">The file has changed since it was opened.</exception>
    public void DemandUnchanged()
    {
        var info = LinkedFile.Of(new FileInfo(Path));
        if (!info.Exists || info.Length != _length || info.LastWriteTimeUtc != _modified)
            throw BarDataException.At(Path, null, null, "the file changed while it was read",
                "wait until nothing writes to it and run again");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _properties.Dispose();
        _stream.Dispose();
    }

    // The library reports these as it does any damage.
    private void CheckEnds()
    {
        Span<byte> start = stackalloc byte[4], end = stackalloc byte[FooterLength];
        if (RandomAccess.Read(_stream.SafeFileHandle, start, 0) < 4 || _length < 4 + FooterLength
            || RandomAccess.Read(_stream.SafeFileHandle, end, _length - FooterLength) < FooterLength) throw CutOff();
        if (start.SequenceEqual("PARE"u8) || end[4..].SequenceEqual("PARE"u8)) throw ParquetFaults.Encrypted(Path);
        if (!end[4..].SequenceEqual("PAR1"u8)) throw CutOff();
    }

    private BarDataException CutOff() => BarDataException.At(Path, null, null,
        "the file is cut off, since a Parquet file ends with its description", "download or export it again");

    private void AddColumns(SchemaDescriptor schema)
    {
        string? before = null;
        for (var i = 0; i < schema.NumColumns; i++)
        {
            using var root = schema.ColumnRoot(i);
            var name = root.Name;
            if (root is GroupNode)
            {
                // A list or structure has several columns in the file.
                if (name != before) _columns.Add(ParquetColumn.Nested(i, name, root));
                before = name;
                continue;
            }
            before = null;
            _columns.Add(ParquetColumn.Of(i, name, schema.Column(i)));
        }
    }
}
