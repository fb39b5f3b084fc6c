using Granary.Simulation.RunFolders;

namespace Granary.Simulation.Tests.RunFolders;

public sealed class RowQueryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-rows-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("007")]
    [InlineData("1e5")]
    [InlineData("NaN")]
    public void A_symbol_and_a_model_that_look_like_numbers_stay_texts(string name)
    {
        var path = Path.Combine(_folder, "trades.csv");
        File.WriteAllText(path, $"strategy,symbol,model,quantity\nA@{name}:1d,{name},{name},007\n");

        foreach (var sort in (string?[])[null, "symbol"])
        {
            var row = new RowQuery(10) { Sort = sort }.Of(path).Items.ShouldHaveSingleItem();
            ((string?)row["symbol"], (string?)row["model"], (double?)row["quantity"]).ShouldBe((name, name, 7));
        }
    }
}
