using Granary.Parquet.Writing;
using Granary.Reporting.Tables;
using Granary.Storage.Files;

namespace Granary.Parquet.Tests.Writing;

/// <summary>Memory of a writer. It is measured for the whole process, so that nothing else may run in it meanwhile.</summary>
[Collection(nameof(MemoryOfWritingTests))]
[CollectionDefinition(nameof(MemoryOfWritingTests), DisableParallelization = true)]
public sealed class MemoryOfWritingTests : IDisposable
{
    private sealed record Row(string Word, double Value, long Count, long Time);

    private static readonly TableDefinition<Row> _definition = new TableDefinition<Row>().Word("word", r => r.Word)
        .Number("value", r => r.Value).Whole("count", r => r.Count).Time("time", r => r.Time);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-memory-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_table_of_many_rows_is_written_in_bounded_memory()
    {
        var most = 0L;
        IEnumerable<Row> Many()
        {
            for (var i = 0; i < 1_500_000; i++)
            {
                if (i % 100_000 == 0) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
                yield return new Row("word", i, i, DateTime.UnixEpoch.Ticks + i);
            }
        }
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var path = Path.Combine(_folder, "many.parquet");
        AtomicFile.Write(path, (Stream stream) => _definition.Of(Many()).Write(new ParquetFormat(), stream));
        // The values alone are 36 MB; it is 4 MB, since one group of thirteen is kept at a time.
        (most - before).ShouldBeLessThan(16L << 20);
        using var reader = new ParquetSharp.ParquetFileReader(path);
        reader.FileMetaData.NumRowGroups.ShouldBe(13);
    }
}
