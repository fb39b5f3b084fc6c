using Granary.Engine;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Simulation.Catalogues;
using Granary.Testing;

namespace Granary.Simulation.Tests.Plugins;

public sealed class PluginFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-plugins-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static GranaryCatalogues Load(string folder) => GranaryCataloguesBuilder.CreateDefault().AddPlugins(folder).Build();

    private string Sentence() => Should.Throw<InputException>(() => Load(_folder)).Message;

    [Fact]
    public void A_strategy_in_an_operator_s_dll_is_found_by_its_class_name_and_runs()
    {
        var path = EmittedPlugin.Write(_folder, "Operators", "DoesNothing");
        // Beside it what it might depend on: no plug-in, and no fault.
        EmittedPlugin.Write(_folder, "Zlib", "Unrelated", new(IsStrategy: false));

        var known = Load(_folder);

        var plugin = known.Plugins.ShouldHaveSingleItem();
        plugin.Path.ShouldBe(path);
        plugin.Names("strategy").ShouldBe(["DoesNothing"]);
        plugin.ContentHash.Length.ShouldBe(64);
        var strategy = known.Strategies.Get("DoesNothing").Create(new Dictionary<string, object>());
        var bars = Enumerable.Range(0, 10).Select(i => new Bar(i * TimeSpan.TicksPerDay, 1, 1, 1, 1, 1)).ToList();
        var market = new MarketSeries(new Instrument { Symbol = "X" }, Timeframe.D1);
        StrategyBacktest.Run(strategy, market, bars).Result.Equity.Count.ShouldBe(10);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named() =>
        Should.Throw<InputException>(() => Load(Path.Combine(_folder, "none"))).Message.ShouldBe(
            $"{Path.Combine(_folder, "none")}: there is no such plug-in folder; create it, or name the one that holds the DLLs");

    [Fact]
    public void A_file_that_is_no_assembly_is_named_with_the_remedy()
    {
        File.WriteAllText(Path.Combine(_folder, "notes.dll"), "not a program");
        Sentence().ShouldStartWith($"{Path.Combine(_folder, "notes.dll")}: this is no .NET assembly, or a damaged one");
    }

    [Fact]
    public void A_dll_that_was_cut_short_is_named_with_the_remedy()
    {
        var path = EmittedPlugin.Write(_folder, "Cut", "CutShort");
        var bytes = File.ReadAllBytes(path);
        foreach (var share in (double[])[0, 0.1, 0.5, 0.9])
        {
            File.WriteAllBytes(path, bytes[..(int)(bytes.Length * share)]);
            Sentence().ShouldStartWith(path + ": ");
        }
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        var path = EmittedPlugin.Write(_folder, "Thief", "SmaCross");
        Sentence()
            .ShouldBe(
            $"{path}: the strategy name 'SmaCross' of Emitted.SmaCross in Thief.dll is taken by "
                + $"Granary.Engine.Strategies.Library.SmaCross; change it in the plug-in and build it again");
    }

    [Fact]
    public void A_strategy_that_cannot_be_made_is_refused_when_it_is_loaded()
    {
        var path = EmittedPlugin.Write(_folder, "Moody", "Moody", new(Throws: true));
        Sentence().ShouldBe($"{path}: Moody cannot be made with its defaults (NotSupportedException: the moon is in the wrong house); "
            + $"change it in the plug-in and build it again");
    }

    [Fact]
    public void A_strategy_with_two_constructors_is_refused()
    {
        var path = EmittedPlugin.Write(_folder, "Undecided", "Undecided", new(Constructors: 2));
        Sentence().ShouldStartWith($"{path}: the strategy Emitted.Undecided has 2 public constructors; it needs one");
    }

    [Fact]
    public void A_strategy_of_a_plug_in_need_not_be_public()
    {
        EmittedPlugin.Write(_folder, "Shy", "Shy", new(IsPublic: false));
        Load(_folder).Strategies.Get("Shy").Create(new Dictionary<string, object>()).ShouldNotBeNull();
    }

    [Fact]
    public void Two_catalogues_in_one_process_do_not_see_each_other_s_plug_ins()
    {
        var other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        EmittedPlugin.Write(_folder, "One", "OfTheFirst");
        EmittedPlugin.Write(other, "Two", "OfTheSecond");

        var (first, second) = (Load(_folder), Load(other));

        first.Strategies.Contains("OfTheFirst").ShouldBeTrue();
        first.Strategies.Contains("OfTheSecond").ShouldBeFalse();
        second.Strategies.Contains("OfTheFirst").ShouldBeFalse();
        second.Strategies.Contains("OfTheSecond").ShouldBeTrue();
        StrategyCatalogue.BuiltIn.Contains("OfTheFirst").ShouldBeFalse();
    }

    [Fact]
    public void A_plug_in_that_changed_after_it_was_loaded_asks_for_a_new_start()
    {
        var path = EmittedPlugin.Write(_folder, "Changing", "Changing");
        Load(_folder);
        File.Delete(path);
        EmittedPlugin.Write(_folder, "Changing", "ChangedByNow");
        Sentence().ShouldBe($"{path}: the file has changed since it was loaded; start again to use the new one");
    }
}
