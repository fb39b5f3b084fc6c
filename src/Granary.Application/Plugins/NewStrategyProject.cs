using Granary.Application.Json;
using Granary.Engine.Market;
using Granary.Engine.Strategies;

namespace Granary.Application.Plugins;

/// <summary>
/// <c>granary new strategy NAME</c>: a folder with a strategy that works, a test of it that passes, a batch that runs it, and the words to go on from there.
/// </summary>
public static class NewStrategyProject
{
    /// <summary>Makes the folder NAME in <paramref name="parent"/>, whole or not at all.</summary>
    /// <param name="name">The class's name, as "GoldenHour".</param>
    /// <param name="strategies">The strategies that the process knows, whose names are taken.</param>
    /// <returns>The files made, relative to the new folder, in order.</returns>
    /// <exception cref="InputException">The name is no class name or is taken, or the folder is there already; one sentence.</exception>
    /// <exception cref="BarStoreException">The folder cannot be written.</exception>
    public static IReadOnlyList<string> Create(string name, string parent, StrategyCatalogue strategies)
    {
        if (name.Length == 0 || !char.IsAsciiLetterUpper(name[0]) || !name.All(char.IsAsciiLetterOrDigit))
            throw new InputException($"'{name}' cannot name a strategy; use a capital letter and then letters and digits, as GoldenHour");
        if (strategies.TryGet(name, out var taken))
            throw new InputException($"'{name}' is taken by {taken.Type}; choose another name");
        // A class must not have the name of its own namespace, nor hide what it uses.
        if (name is "Strategy" or "Factor" or "Side" or "Crossing" or "StrategyContext" or "Range" or "Tests" or "System" or "Granary")
            throw new InputException($"'{name}' has a meaning in every strategy's file already; choose another name");
        var target = Path.GetFullPath(Path.Combine(parent, name));
        if (Directory.Exists(target) || File.Exists(target)) throw new InputException($"{target} is there already; choose another name, or move it away");

        var engine = typeof(Strategy).Assembly.Location;
        var files = Files(name, Path.GetDirectoryName(engine) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory);
        var draft = target + ".new";
        try
        {
            if (Directory.Exists(draft)) Directory.Delete(draft, recursive: true);
            foreach (var (path, text) in files)
            {
                var file = Path.Combine(draft, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, text.ReplaceLineEndings("\n"));
            }
            Directory.Move(draft, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BarStoreException($"{target}: it cannot be written ({e.Message}); choose a folder where you may write, with --out", e);
        }
        return [.. files.Select(f => f.Path)];
    }

    private static (string Path, string Text)[] Files(string name, string home) =>
    [
        ("README.md", $$"""
            # {{name}}

            A strategy for Granary, as a plug-in. `{{name}}.cs` is the strategy; `Tests/` shows on bars drawn by hand that it does what it says.

                dotnet build {{name}}.csproj                                 # makes plugin/{{name}}.dll
                dotnet run --project Tests                                   # its tests
                granary backtest batch.json --plugins plugin                 # on the CSV files in bars/, or where batch.json says

            What a strategy may read and do is in `StrategyContext`; which factors there are, `granary factors` says. It is asked once at the close of every bar,
            and what it orders is done from the next bar on. It must not read clocks, files or statics: equal bars have to give equal trades.
            The project finds Granary.Engine.dll in `GranaryHome` (see Directory.Build.props); build it again after an update of Granary.

            """),
        ("Directory.Build.props", $$"""
            <Project>
              <!-- Stands by itself, also within another repository. -->
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
                <GranaryHome Condition="'$(GranaryHome)' == ''">{{home}}</GranaryHome>
              </PropertyGroup>
            </Project>

            """),
        ("Directory.Build.targets", "<Project />\n"),
        ("Directory.Packages.props", "<Project />\n"),
        ($"{name}.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputPath>plugin/</OutputPath>
                <AppendTargetFrameworkToOutputPath>false</AppendTargetFrameworkToOutputPath>
                <EnableDefaultCompileItems>false</EnableDefaultCompileItems>
                <EnableDynamicLoading>true</EnableDynamicLoading>
              </PropertyGroup>
              <ItemGroup>
                <Compile Include="*.cs" />
                <Reference Include="Granary.Engine" HintPath="$(GranaryHome)/Granary.Engine.dll" Private="false" />
              </ItemGroup>
            </Project>

            """),
        ($"{name}.cs", $$"""
            using Granary.Engine.Market;
            using Granary.Engine.Strategies;
            using Granary.Engine.Trading;

            namespace Plugins;

            /// <summary>Buys a close back above the average, as long as the market's strength has room to rise, and leaves below the average.</summary>
            [Strategy("Buys a close that crosses above its exponential average while the RSI is below 'strong', and leaves below the average.",
                Earns = "Say in which markets it makes money, and why.",
                Bleeds = "Say in which markets it loses money, and why.")]
            public sealed class {{name}} : Strategy
            {
                private readonly Crossing _cross;
                private readonly Factor _strength;
                private readonly double _strong;

                // Parameters, their defaults and ranges are what a batch file may set.
                public {{name}}([Range(2, 1_000)] int period = 20, [Range(2, 1_000)] int rsi = 14, [Range(1, 100)] double strong = 70)
                {
                    _cross = Cross(Use("close"), Use("ema", period));
                    _strength = Use("rsi", rsi);
                    _strong = strong;
                }

                public override void OnBar(StrategyContext bar)
                {
                    var turn = _cross.At(bar);
                    if (turn > 0 && bar[_strength] < _strong) bar.Enter(Side.Buy);
                    else if (turn < 0 && bar.IsLong) bar.Exit(Side.Buy);
                }
            }

            """),
        ("batch.json", $$"""
            {
              // Bars: CSV files, a store, a database; 'granary data generate' makes some.
              "name": "{{name}}",
              "data": { "source": "csv:bars", "format": "auto", "symbols": ["*"], "timeframe": "1d" },
              "account": { "cash": 100000 },
              "execution": { "commissionPercent": 0.1 },
              "strategies": [
                { "class": "{{name}}", "params": { "period": [10, 20, 50] }, "size": { "percentOfEquity": 95 } }
              ]
            }

            """),
        ("Tests/Tests.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="xunit.v3" Version="3.2.2" />
                <ProjectReference Include="../{name}.csproj" />
                <Reference Include="Granary.Engine" HintPath="$(GranaryHome)/Granary.Engine.dll" />
              </ItemGroup>
            </Project>

            """),
        ($"Tests/{name}Tests.cs", $$"""
            using Granary.Engine.Backtesting;
            using Granary.Engine.Market;
            using Granary.Engine.Trading;
            using Xunit;

            namespace Plugins.Tests;

            public sealed class {{name}}Tests
            {
                // A daily bar for each close, each opening at the close before it.
                private static BacktestOutcome Run(params double[] closes)
                {
                    var series = new MarketSeries(new Instrument { Symbol = "TEST" }, Timeframe.D1);
                    var bars = closes.Select((close, i) =>
                    {
                        var open = closes[Math.Max(0, i - 1)];
                        return new Bar(new DateTime(2024, 1, 1).AddDays(i).Ticks, open, Math.Max(open, close), Math.Min(open, close), close, 1000);
                    }).ToList();
                    return Backtest.Run(new {{name}}(period: 5, rsi: 3, strong: 100), series, bars, new TradingSettings { Size = SizeRule.Units(1) });
                }

                [Fact]
                public void It_buys_the_open_after_a_close_above_the_average_and_leaves_after_one_below()
                {
                    var outcome = Run(100, 99, 98, 97, 96, 95, 94, 99, 100, 101, 96, 95);

                    var trade = Assert.Single(outcome.Trades);
                    Assert.Equal(Side.Buy, trade.Side);
                    Assert.Equal(99, trade.EntryPrice);
                    Assert.Equal(96, trade.ExitPrice);
                }

                [Fact]
                public void It_does_nothing_in_a_market_that_only_falls() => Assert.Empty(Run(100, 99, 98, 97, 96, 95, 94, 93, 92).Signals);
            }

            """),
    ];
}
