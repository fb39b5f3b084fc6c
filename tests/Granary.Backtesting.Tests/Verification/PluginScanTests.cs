using Granary.Backtesting.Tests.Plugins;
using Granary.Simulation.LookAhead;

namespace Granary.Backtesting.Tests.Verification;

public sealed class PluginScanTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-scan-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private PluginScan Scan(string members) => PluginScan.Of(CompiledPlugin.Write(_folder, "Scanned",
        $$"""
        public sealed class Scanned : Strategy
        {
            {{members}}

            public override void OnBar(StrategyContext bar)
            {
            }
        }
        """));

    [Theory]
    [InlineData("""object Read() => File.ReadAllText("x");""", ReachKind.Files, "System.IO.File.ReadAllText")]
    [InlineData("""object Read() => new StreamReader("x");""", ReachKind.Files, "System.IO.StreamReader..ctor")]
    [InlineData("""object Read() => System.IO.MemoryMappedFiles.MemoryMappedFile.CreateFromFile("x");""", ReachKind.Files,
        "System.IO.MemoryMappedFiles.MemoryMappedFile.CreateFromFile")]
    [InlineData("""object Read() => System.Xml.XmlReader.Create("x");""", ReachKind.Files, "System.Xml.XmlReader.Create")]
    [InlineData("""object Read() => new System.Net.Http.HttpClient().GetStringAsync("x");""", ReachKind.Network,
        "System.Net.Http.HttpClient..ctor")]
    [InlineData("""object Read() => System.Diagnostics.Process.Start("x");""", ReachKind.Processes, "System.Diagnostics.Process.Start")]
    [InlineData("object Read() => DateTime.UtcNow;", ReachKind.Clock, "System.DateTime.get_UtcNow")]
    [InlineData("object Read() => Environment.TickCount64;", ReachKind.Clock, "System.Environment.get_TickCount64")]
    [InlineData("object Read() => new Random();", ReachKind.Randomness, "System.Random..ctor")]
    [InlineData("object Read() => Guid.NewGuid();", ReachKind.Randomness, "System.Guid.NewGuid")]
    [InlineData("""object Read() => Environment.GetEnvironmentVariable("x");""", ReachKind.Environment,
        "System.Environment.GetEnvironmentVariable")]
    [InlineData("""object Read() => Type.GetType("x");""", ReachKind.Reflection, "System.Type.GetType")]
    [InlineData("object Read() => typeof(int).GetFields()[0].GetValue(null);", ReachKind.Reflection,
        "System.Reflection.FieldInfo.GetValue")]
    [InlineData("object Read() => System.Runtime.InteropServices.Marshal.ReadByte(0);", ReachKind.Native,
        "System.Runtime.InteropServices.Marshal.ReadByte")]
    [InlineData("""[System.Runtime.InteropServices.DllImport("c")] static extern int getpid();""", ReachKind.Native, "Scanned.getpid")]
    [InlineData("object Read() => new Granary.Data.FolderStore.FolderBarStore(\"x\");", ReachKind.DataSource,
        "Granary.Data.FolderStore.FolderBarStore..ctor")]
    [InlineData("static double s_last; void Keep() => s_last = 1;", ReachKind.SharedState, "Scanned.s_last")]
    [InlineData("static double Last { get; set; }", ReachKind.SharedState, "Scanned.Last")]
    [InlineData("static readonly Dictionary<int, double> s_next = new();", ReachKind.SharedState, "Scanned.s_next")]
    [InlineData("static readonly double[] s_next = new double[9];", ReachKind.SharedState, "Scanned.s_next")]
    [InlineData("sealed class Box { public double Value; } static readonly Box s_box = new();", ReachKind.SharedState, "Scanned.s_box")]
    public void Members_that_reach_beyond_the_bars_are_found(string members, ReachKind kind, string member) =>
        Scan(members).Found.ShouldContain(f => f.Kind == kind && f.Member == member && f.Plugin == "Scanned");

    [Theory]
    [InlineData("object Read() => new MemoryStream(new byte[3]);")]
    [InlineData("object Read() => new Random(7).NextDouble();")]
    [InlineData("object Read() => new DateTime(2020, 1, 1).AddHours(1);")]
    [InlineData("readonly List<double> _closes = []; void Keep() => _closes.Add(1);")]
    [InlineData("""object Read() => new[] { 1, 2 }.Select(x => x * 2).OrderBy(x => x).Sum() + Path.Combine("a", "b").Length;""")]
    [InlineData("const double Limit = 3; static readonly TimeSpan s_hour = TimeSpan.FromHours(1); static readonly string s_name = \"a\";")]
    [InlineData("static readonly System.Collections.Frozen.FrozenDictionary<string, int> s_names = System.Collections.Frozen"
        + ".FrozenDictionary.ToFrozenDictionary(new[] { KeyValuePair.Create(\"a\", 1) });")]
    [InlineData("static ReadOnlySpan<double> Weights => [0.5, 0.3, 0.2]; double First() => Weights[0];")]
    [InlineData("sealed record Level(double Price); readonly Level _level = new(1); object Read() => _level with { Price = 2 };")]
    [InlineData("enum State { Flat, Long } State _state; object Read() => _state == State.Flat ? \"flat\" : $\"{_state}\";")]
    [InlineData("sealed class Pair(double low) { public double Low => low; } static T Make<T>() where T : new() => new();")]
    public void Code_that_only_computes_is_not_accused(string members) => Scan(members).Found.ShouldBeEmpty();

    [Fact]
    public void The_sample_plug_in_with_its_format_source_and_broker_is_not_accused() =>
        PluginScan.Of(typeof(SamplePlugin.PullbackBuyer).Assembly.Location).Found.ShouldBeEmpty();

    [Fact]
    public void The_library_of_Granary_itself_keeps_the_rules_of_plug_ins() =>
        PluginScan.Of(typeof(Granary.Engine.Strategies.Strategy).Assembly.Location).Found
            .Where(f => f.Kind is ReachKind.Files or ReachKind.Network or ReachKind.Processes or ReachKind.Clock or ReachKind.Randomness)
            .ShouldBeEmpty();

    [Theory]
    [InlineData("void Send(StrategyContext bar) => bar.Submit(new OrderRequest(Side.Buy, 1));", true)]
    [InlineData("void Send(StrategyContext bar) => bar.Go(Side.Buy);", false)]
    public void A_strategy_that_sends_orders_of_its_own_is_recognised(string members, bool submits) =>
        Scan(members).SubmitsOrders.ShouldBe(submits);
}
