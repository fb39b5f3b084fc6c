using Granary.Engine.Market;
using Shouldly;

namespace Granary.Parquet.Tests.Reading;

/// <summary>Which markets a folder or file of Parquet has.</summary>
public sealed class MarketsInParquetTests : IDisposable
{
    private readonly ForeignFiles _files = new();

    public MarketsInParquetTests() => _files.Run("create table two as select *, 'AAPL' as symbol from bars union all "
        + "select timestamp, open * 2, high * 2, low * 2, close * 2, volume, 'MSFT' from bars order by timestamp, symbol");

    public void Dispose() => _files.Dispose();

    private Task<Bars> Read(string place, string symbol) => Bars.Of("parquet:" + _files.At(place), symbol, Timeframe.M1);

    private async Task<string> Symbols(string place) =>
        string.Join(",", await Bars.Source("parquet:" + _files.At(place)).ListSymbolsAsync(Timeframe.M1));

    [Fact]
    public async Task A_file_may_have_several_symbols()
    {
        _files.Parquet("all.parquet", "select * from two", "row_group_size 2048");
        _files.Parquet("one/AAPL.parquet");

        (await Symbols("all.parquet")).ShouldBe("AAPL,MSFT");
        (await Read("all.parquet", "AAPL")).ContentHash.ShouldBe((await Read("one", "AAPL")).ContentHash);
        (await Read("all.parquet", "MSFT")).All[0].Open.ShouldBe(200);
    }

    [Fact]
    public async Task Each_file_of_a_folder_is_a_symbol()
    {
        _files.Parquet("d/BTC%2FUSDT.parquet");
        _files.Parquet("d/ETH.parq");
        _files.Parquet("d/SOL.pq");
        File.WriteAllText(_files.At("d/_SUCCESS"), "");
        File.WriteAllText(_files.At("d/readme.txt"), "no bars");

        (await Symbols("d")).ShouldBe("BTC/USDT,ETH,SOL");
    }

    [Fact]
    public async Task A_folder_of_partitions_has_their_symbols()
    {
        _files.Run($"copy (select *, year(timestamp) as year, month(timestamp) as month from two) to '{_files.At("hive")}' "
            + "(format parquet, partition_by (symbol, year, month))");
        _files.Parquet("one/AAPL.parquet");

        (await Symbols("hive")).ShouldBe("AAPL,MSFT");
        (await Read("hive", "AAPL")).ContentHash.ShouldBe((await Read("one", "AAPL")).ContentHash);
    }

    [Fact]
    public async Task A_partition_of_rows_without_a_symbol_is_no_market_and_is_said()
    {
        _files.Run("copy (select *, year(timestamp) as year from (select * from two union all select timestamp, open, high, low, close, "
            + $"volume, null from bars)) to '{_files.At("hive")}' (format parquet, partition_by (symbol, year))");
        Directory.CreateDirectory(_files.At("hive/symbol=__HIVE_DEFAULT_PARTITION__"));

        var source = Bars.Source("parquet:" + _files.At("hive"));
        string.Join(",", await source.ListSymbolsAsync(Timeframe.M1)).ShouldBe("AAPL,MSFT");
        source.PassedOver.ShouldContain("symbol=__HIVE_DEFAULT_PARTITION__: its rows have no symbol, and were skipped");
    }

    [Theory]
    [InlineData("18446744073709551615::ubigint as sequence")]
    [InlineData("(9223372036854775808 + rowid * 7919)::ubigint as checksum")]
    public async Task Numbers_without_sign_from_2_to_the_63rd_on_are_read_as_any_other(string column)
    {
        _files.Parquet("a/A.parquet", $"select *, {column} from bars");
        _files.Parquet("one/A.parquet");
        (await Bars.Of("parquet:" + _files.At("a"), "A", Timeframe.M1)).ContentHash
            .ShouldBe((await Bars.Of("parquet:" + _files.At("one"), "A", Timeframe.M1)).ContentHash);
        _files.Parquet("v/A.parquet", "select * replace (18446744073709551615::ubigint as volume) from bars");
        (await Bars.Of("parquet:" + _files.At("v"), "A", Timeframe.M1)).All[0].Volume.ShouldBe(18446744073709551615d);
    }

    [Fact]
    public async Task Partitions_by_time_are_joined_in_the_order_of_time()
    {
        const string Long = "select timestamp '2020-01-06' + to_days(i::int) as timestamp, 1.5 as open, 2 as high, 1 as low, 1.25 as close, "
            + "i as volume from range(400) t(i)";
        _files.Run($"copy (select *, year(timestamp) as year, month(timestamp) as month from ({Long})) to '{_files.At("GOLD")}' "
            + "(format parquet, partition_by (year, month))");
        _files.Csv("csv/GOLD.csv", Long);

        (await Symbols("GOLD")).ShouldBe("GOLD");
        var parquet = await Bars.Of("parquet:" + _files.At("GOLD"), "GOLD", Timeframe.D1);
        parquet.ContentHash.ShouldBe((await Bars.Of("csv:" + _files.At("csv"), "GOLD", Timeframe.D1)).ContentHash);
    }

    [Fact]
    public async Task Parts_of_a_table_with_symbols_are_joined()
    {
        _files.Parquet("t/part-00000-x.snappy.parquet", "select * from two where timestamp < '2020-01-06 12:00:00'");
        _files.Parquet("t/part-00001-x.snappy.parquet", "select * from two where timestamp >= '2020-01-06 12:00:00' and symbol = 'MSFT'");
        _files.Parquet("t/part-00002-x.snappy.parquet", "select * from two where timestamp >= '2020-01-06 12:00:00' and symbol = 'AAPL'");
        _files.Parquet("one/AAPL.parquet");

        (await Symbols("t")).ShouldBe("AAPL,MSFT");
        (await Read("t", "AAPL")).ContentHash.ShouldBe((await Read("one", "AAPL")).ContentHash);
    }

    [Fact]
    public async Task A_folder_named_as_the_timeframe_is_used()
    {
        _files.Parquet("d/1m/A.parquet");
        (await Symbols("d")).ShouldBe("A");
        (await Read("d", "A")).All.Count.ShouldBe(6000);
    }

    [Fact]
    public async Task An_unknown_symbol_is_refused_with_a_suggestion()
    {
        _files.Parquet("d/AAPL.parquet");
        (await Should.ThrowAsync<BarDataException>(() => Read("d", "AAPLE"))).Message.ShouldContain("did you mean AAPL?");
        Directory.CreateDirectory(_files.At("empty"));
        (await Should.ThrowAsync<BarDataException>(() => Read("empty", "A"))).Message
            .ShouldContain("the folder has no .parquet, .parq, .pq files");
        (await Should.ThrowAsync<BarDataException>(() => Read("nowhere", "A"))).Message.ShouldContain("the folder does not exist");
    }
}
