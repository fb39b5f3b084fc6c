using Apache.Arrow;
using Apache.Arrow.Ipc;
using Granary.Reporting.Tables;

namespace Granary.Parquet.Writing;

/// <summary>Writes a table as an Arrow file or an Arrow stream.</summary>
internal sealed class ArrowRows : RecordRows
{
    private readonly ArrowStreamWriter _writer;

    public ArrowRows(Stream stream, IReadOnlyList<OutputColumn> columns, bool isFile) : base(columns)
    {
        _writer = isFile ? new ArrowFileWriter(stream, Schema, leaveOpen: true) : new ArrowStreamWriter(stream, Schema, leaveOpen: true);
        _writer.WriteStart();
    }

    protected override void Write(RecordBatch batch) => _writer.WriteRecordBatch(batch);

    protected override void End()
    {
        // Dictionaries are written with the first batch, and readers need them also for a table without rows.
        if (!HasBatches) WritePending();
        _writer.WriteEnd();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _writer.Dispose();
        base.Dispose(disposing);
    }
}
