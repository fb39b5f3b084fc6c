using System.Runtime.ExceptionServices;
using Apache.Arrow;
using Granary.Reporting.Tables;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace Granary.Parquet.Writing;

/// <summary>Writes a table as a Parquet file: a row group for each batch, zstd, checksums, and the schema of Arrow.</summary>
internal sealed class ParquetRows : RecordRows
{
    private readonly FaultStream _stream;
    private readonly FileWriter _writer;

    public ParquetRows(Stream stream, IReadOnlyList<OutputColumn> columns) : base(columns)
    {
        _stream = new FaultStream(stream);
        using var file = new WriterPropertiesBuilder().Compression(Compression.Zstd).EnablePageChecksum().Build();
        using var arrow = new ArrowWriterPropertiesBuilder().StoreSchema().UseThreads(false).Build();
        _writer = new FileWriter(_stream, Schema, file, arrow, leaveOpen: true);
    }

    protected override void Write(RecordBatch batch) => Try(() => _writer.WriteRecordBatch(batch, batch.Length));

    protected override void End() => Try(_writer.Close);

    protected override void Dispose(bool disposing)
    {
        if (disposing) _writer.Dispose();
        base.Dispose(disposing);
    }

    // The library reports a fault of the stream as one of its own.
    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (ParquetException) when (_stream.Fault is not null)
        {
            ExceptionDispatchInfo.Throw(_stream.Fault);
        }
    }
}
