using Granary.Backtesting.Analyze;
using Granary.Engine.Market;
using Granary.Simulation.Tables;
using Shouldly;

namespace Granary.Parquet.Tests.Reading;

/// <summary>Tables of other files (rates, curves, members) may be Parquet.</summary>
public sealed class ParquetTablesTests : IDisposable
{
    private readonly ForeignFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Rows_have_texts_numbers_and_times()
    {
        var path = _files.Parquet("rates.parquet", "select * from (values (timestamptz '2024-01-01 08:00:00+00', 'BTC', 0.0001::decimal(9,4), null), "
            + "(timestamptz '2024-01-01 08:00:00+00', 'ETH', -0.0002, 'late')) t(time, symbol, rate, note)");
        using var table = DataTable.Open(path, formats: Bars.Catalogues.Tables);
        var (time, symbol, rate, note) = (table.NeedTime(), table.Need("symbol"), table.Need("rate"), table.Need("note"));

        table.Next().ShouldBeTrue();
        table.Time(time).ShouldBe(new DateTime(2024, 1, 1, 8, 0, 0).Ticks);
        (table.Text(symbol), table.Number(rate), table.IsEmpty(note)).ShouldBe(("BTC", 0.0001, true));
        table.Next().ShouldBeTrue();
        (table.Text(symbol), table.Number(rate), table.Text(note)).ShouldBe(("ETH", -0.0002, "late"));
        Should.Throw<BarDataException>(() => table.Number(note)).Message
            .ShouldBe($"{path}, row group 1, row 2, note: 'late' is not a number; use a plain number such as 100000.50, without thousands separators");
        table.Next().ShouldBeFalse();
    }

    [Fact]
    public void A_curve_is_the_one_of_its_CSV()
    {
        const string Select = "select timestamp::date as date, last(close) as equity from bars group by 1 order by 1";
        var parquet = EquityCurveFile.Read(_files.Parquet("curve.parquet", Select), Bars.Catalogues.Tables);
        var csv = EquityCurveFile.Read(_files.Csv("curve.csv", Select));
        parquet.Times.ToArray().ShouldBe(csv.Times.ToArray());
        parquet.Values.ToArray().ShouldBe(csv.Values.ToArray());
    }
}
