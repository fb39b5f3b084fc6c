using Granary.Simulation.LookAhead;
using Granary.Testing;

namespace Granary.Simulation.Tests.Verification;

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
    [InlineData("""object Read() => new System.Xml.XPath.XPathDocument("x");""", ReachKind.Files, "System.Xml.XPath.XPathDocument..ctor")]
    [InlineData("Func<string, string> _read = File.ReadAllText;", ReachKind.Files, "System.IO.File.ReadAllText")]
    [InlineData("static class Helper<T> { public static string Read(string x) => File.ReadAllText(x); }", ReachKind.Files,
        "System.IO.File.ReadAllText")]
    [InlineData("""static Scanned() { File.ReadAllText("x"); }""", ReachKind.Files, "System.IO.File.ReadAllText")]
    [InlineData("""IEnumerable<string> Read() { foreach (var l in File.ReadLines("x")) yield return l; }""", ReachKind.Files,
        "System.IO.File.ReadLines")]
    [InlineData("T Make<T>() where T : new() => new T(); object Read() => Make<System.Net.WebClient>();", ReachKind.Network,
        "System.Net.WebClient")]
    [InlineData("""object Read() => Console.ReadLine();""", ReachKind.Environment, "System.Console.ReadLine")]
    [InlineData("""void Write() => Console.WriteLine("x");""", ReachKind.Environment, "System.Console.WriteLine")]
    [InlineData("""object Read() => AppContext.GetData("x");""", ReachKind.Environment, "System.AppContext.GetData")]
    [InlineData("object Read() => System.Globalization.CultureInfo.CurrentCulture;", ReachKind.Environment,
        "System.Globalization.CultureInfo.get_CurrentCulture")]
    [InlineData("object Read() => System.Diagnostics.Stopwatch.GetTimestamp();", ReachKind.Clock,
        "System.Diagnostics.Stopwatch.GetTimestamp")]
    [InlineData("object Read() => TimeProvider.System.GetUtcNow();", ReachKind.Clock, "System.TimeProvider.get_System")]
    [InlineData("void Run() => new Thread(() => { }).Start();", ReachKind.Threads, "System.Threading.Thread.Start")]
    [InlineData("object Run() => new Timer(_ => { });", ReachKind.Threads, "System.Threading.Timer..ctor")]
    [InlineData("void Run() => System.Threading.Tasks.Parallel.For(0, 2, i => { });", ReachKind.Threads,
        "System.Threading.Tasks.Parallel.For")]
    [InlineData("double Sum(double[] x) => x.AsParallel().Sum();", ReachKind.Threads, "System.Linq.ParallelEnumerable.Sum")]
    [InlineData("~Scanned() { }", ReachKind.Threads, "System.Object.Finalize")]
    [InlineData("object Read() => Random.Shared.Next();", ReachKind.Randomness, "System.Random.get_Shared")]
    [InlineData("object Read() => Activator.CreateInstance(typeof(int));", ReachKind.Reflection, "System.Activator.CreateInstance")]
    [InlineData("object Read(dynamic x) => x.Next;", ReachKind.Reflection, "Microsoft.CSharp.RuntimeBinder.Binder.GetMember")]
    [InlineData("object Read() => System.Linq.Expressions.Expression.Constant(1);", ReachKind.Reflection,
        "System.Linq.Expressions.Expression.Constant")]
    [InlineData("""object Read() => typeof(Scanned).Assembly.GetManifestResourceStream("x");""", ReachKind.Reflection,
        "System.Reflection.Assembly.GetManifestResourceStream")]
    [InlineData("object Read() => ((Func<int>)(() => 1)).Method;", ReachKind.Reflection, "System.Delegate.get_Method")]
    [InlineData("unsafe double Read(double* x) => x[5];", ReachKind.Native, "unsafe code (AllowUnsafeBlocks)")]
    [InlineData("unsafe double Read(double* x) => x[5];", ReachKind.Native, "pointers in Scanned.Read")]
    [InlineData("unsafe int Read(delegate*<int> x) => x();", ReachKind.Native, "a call of a function pointer")]
    [InlineData("[System.Runtime.InteropServices.UnmanagedCallersOnly] static void Called() { }", ReachKind.Native,
        "System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute")]
    [InlineData("double Next(double[] x) => System.Runtime.CompilerServices.Unsafe.Add(ref x[0], 5);", ReachKind.Native,
        "System.Runtime.CompilerServices.Unsafe.Add")]
    [InlineData("object Next(double[] x) => System.Runtime.Intrinsics.Vector128.LoadUnsafe(ref x[0], 5);", ReachKind.Native,
        "System.Runtime.Intrinsics.Vector128.LoadUnsafe")]
    [InlineData("[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit)] struct Both "
        + "{ [System.Runtime.InteropServices.FieldOffset(0)] public long A; [System.Runtime.InteropServices.FieldOffset(0)] "
        + "public double B; }", ReachKind.Native, "fields that overlap (LayoutKind.Explicit)")]
    [InlineData("internal static class Start { [System.Runtime.CompilerServices.ModuleInitializer] internal static void Run() { } }",
        ReachKind.Unlisted, "a module initializer")]
    [InlineData("object Read() => Microsoft.CodeAnalysis.CSharp.SyntaxFactory.ParseName(\"a\");",
        ReachKind.Library, "Microsoft.CodeAnalysis.CSharp.SyntaxFactory.ParseName")]
    [InlineData("object Read(Granary.Learning.Registry.IModelStore store) => store.Read(\"a\", 1);",
        ReachKind.DataSource, "Granary.Learning.Registry.IModelStore.Read")]
    [InlineData("object Read() => new System.Security.Cryptography.HMACSHA256();", ReachKind.Unlisted,
        "System.Security.Cryptography.HMACSHA256..ctor")]
    [InlineData("object Rent() => System.Buffers.ArrayPool<double>.Shared.Rent(9);", ReachKind.SharedState,
        "System.Buffers.ArrayPool`1.get_Shared")]
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
    [InlineData("object Read() => new Granary.Data.BarFiles.CsvBarSource(\"x\");", ReachKind.DataSource,
        "Granary.Data.BarFiles.CsvBarSource..ctor")]
    [InlineData("static double s_last; void Keep() => s_last = 1;", ReachKind.SharedState, "Scanned.s_last")]
    [InlineData("static double Last { get; set; }", ReachKind.SharedState, "Scanned.Last")]
    [InlineData("static readonly Dictionary<int, double> s_next = new();", ReachKind.SharedState, "Scanned.s_next")]
    [InlineData("static readonly double[] s_next = new double[9];", ReachKind.SharedState, "Scanned.s_next")]
    [InlineData("static readonly Func<double> s_next = Counter(); static Func<double> Counter() { var n = 0.0; return () => n++; }",
        ReachKind.SharedState, "Scanned.s_next")]
    [InlineData("static readonly object s_any = new List<double>();", ReachKind.SharedState, "Scanned.s_any")]
    [InlineData("static readonly (List<double> A, int B) s_pair = (new(), 0);", ReachKind.SharedState, "Scanned.s_pair")]
    [InlineData("sealed class Deep { public readonly List<double> Values = []; } sealed record Level(Deep Deep); "
        + "static readonly Level s_level = new(new Deep());", ReachKind.SharedState, "Scanned.s_level")]
    [InlineData("sealed class Box { public double Value; } static readonly Box s_box = new();", ReachKind.SharedState, "Scanned.s_box")]
    internal void Members_that_reach_beyond_the_bars_are_found(string members, ReachKind kind, string member) =>
        Scan(members).Found.ShouldContain(f => f.Kind == kind && f.Member == member && f.Plugin == "Scanned");

    [Fact]
    public void A_finding_names_the_class_that_uses_the_member_also_from_a_lambda()
    {
        var path = CompiledPlugin.Write(_folder, "Two", """
            [Granary.Data.Formats.BarFormat("empty")] public sealed class Empty { }
            public sealed class Reader : Strategy
            {
                public override void OnBar(StrategyContext bar) { Func<string> read = () => File.ReadAllText(bar.Time.ToString()); }
                private sealed class Inner { public object Next() => new Granary.Data.BarFiles.CsvBarSource("x"); }
            }
            public sealed class Honest : Strategy { public override void OnBar(StrategyContext bar) => bar.Exit(); }
            """);
        PluginScan.Of(path).Found.Select(f => (f.Class, f.Kind)).Distinct().ShouldBe([("Reader", ReachKind.Files),
            ("Reader+Inner", ReachKind.DataSource)], ignoreOrder: true);
    }

    [Fact]
    public void A_class_of_data_does_not_excuse_the_other_classes_of_its_dll()
    {
        var path = CompiledPlugin.Write(_folder, "Mixed", """
            using System.Collections.Generic; using Granary.Data.Formats; using Granary.Data.Reading;
            [BarFormat("empty")]
            public sealed class Empty : BarFormat
            {
                public override string Explanation => "";
                public override bool Recognises(FileSample sample) => false;
                public override BarFileLayout CreateLayout(FileSample sample, BarFileOptions options) =>
                    throw new System.NotSupportedException();
            }
            """.Replace("using Granary.Data.Reading;", "using Granary.Data.Reading; using Granary.Engine.Strategies;") + """

            public sealed class Reader : Strategy
            {
                private readonly object _bars = new Granary.Data.BarFiles.CsvBarSource("bars");
                public override void OnBar(StrategyContext bar) { }
            }
            """);
        PluginScan.Of(path).Found.ShouldContain(f => f.Class == "Reader" && f.Kind == ReachKind.DataSource);
    }

    [Theory]
    [InlineData("Granary.Engine.Tests", "internals of Granary.Engine")]
    [InlineData("Granary.Learning.MLNet", "internals of Granary.Learning")]
    public void A_plug_in_under_the_name_of_a_friend_is_found(string name, string member) =>
        PluginScan.Of(CompiledPlugin.Write(_folder, name,
            "public sealed class S : Strategy { public override void OnBar(StrategyContext bar) { } }")).Found
            .ShouldContain(f => f.Kind == ReachKind.Reflection && f.Member == member);

    [Fact]
    public void A_plug_in_that_skips_access_checks_is_found() => PluginScan.Of(CompiledPlugin.Write(_folder, "Skips", """
        using System;
        [assembly: System.Runtime.CompilerServices.IgnoresAccessChecksTo("Granary.Engine")]
        namespace System.Runtime.CompilerServices
        {
            [AttributeUsage(AttributeTargets.Assembly)]
            public sealed class IgnoresAccessChecksToAttribute(string name) : Attribute { public string Name => name; }
        }
        """)).Found.ShouldContain(f => f.Member.EndsWith("IgnoresAccessChecksToAttribute", StringComparison.Ordinal));

    [Fact]
    public void Another_assembly_under_the_name_of_the_base_library_does_not_replace_it()
    {
        // System.ObjectModel is a part of .NET; a plug-in folder may hold a file of this name with other code.
        var plugins = Directory.CreateDirectory(Path.Combine(_folder, "plugins")).FullName;
        var fake = Path.Combine(_folder, "System.ObjectModel.dll");
        CompiledPlugin.Write(_folder, "System.ObjectModel", "public static class Nothing { }");
        File.Copy(fake, Path.Combine(plugins, "System.ObjectModel.dll"));
        CompiledPlugin.Load(plugins, "Uses", """
            using System.Collections.ObjectModel; using Granary.Engine.Strategies;
            public sealed class Uses : Strategy
            {
                private readonly ObservableCollection<double> _closes = [];
                public override void OnBar(StrategyContext bar) => _closes.Add(bar.Close);
            }
            """).Strategies.Contains("Uses").ShouldBeTrue();
    }

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
    [InlineData("static readonly Func<double, double> s_square = x => x * x; static readonly object s_lock = new();")]
    [InlineData("static readonly IReadOnlyList<double> s_steps = [0.1, 0.2]; static readonly (double A, int B) s_pair = (1, 2);")]
    [InlineData("""static readonly System.Text.RegularExpressions.Regex s_name = new("a+"); bool Is(string x) => s_name.IsMatch(x);""")]
    [InlineData("double Mean(List<double> x) { ReadOnlySpan<double> last = [x[0], x[1], x[^1]]; var sum = 0.0; foreach (var v in last) "
        + "sum += v; return sum / last.Length; }")]
    [InlineData("double Sum() { Span<double> s = stackalloc double[4]; s.Fill(2); return s[0] + s[^1]; }")]
    [InlineData("IEnumerable<int> Lags() { for (var i = 0; i < 3; i++) yield return i; } "
        + "event Action? Changed; void Raise() => Changed?.Invoke();")]
    [InlineData("List<int> Copy(int[] x) => [.. x, 1]; System.Collections.Immutable.ImmutableArray<int> Fixed(int[] x) => [.. x];")]
    [InlineData("record struct Key(string Symbol, int Number); readonly Dictionary<Key, double> _by = []; double Of(Key k) => "
        + "_by.TryGetValue(k, out var v) ? v : throw new KeyNotFoundException(k.ToString());")]
    [InlineData("""string Name(int x) => x switch { 1 => "one", 2 => "two", _ => throw new ArgumentOutOfRangeException(nameof(x)) };""")]
    [InlineData("double Root(double x) { try { return Math.Sqrt(x); } "
        + "catch (ArithmeticException e) when (e.Message.Length > 0) { return 0; } }")]
    [InlineData("System.Numerics.Vector<double> Twice(System.Numerics.Vector<double> x) => x + x; System.Numerics.Complex I => System"
        + ".Numerics.Complex.ImaginaryOne;")]
    [InlineData("TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(\"America/New_York\"); DateTime Local(DateTime t) => "
        + "TimeZoneInfo.ConvertTimeFromUtc(t, _zone);")]
    [InlineData("readonly PriorityQueue<int, double> _queue = new(); readonly SortedDictionary<DateTime, double> _by = []; "
        + "object First() => "
        + "_by.Keys.Concat([DateTime.MinValue]).Zip(Enumerable.Range(0, 9)).ToLookup(p => p.Second).Select(g => g.Count()).ToArray();")]
    [InlineData("object Of() => new { A = 1, B = typeof(Scanned).Name }; string Text(double x) => string.Create(System.Globalization"
        + ".CultureInfo.InvariantCulture, $\"{x:0.00}\");")]
    [InlineData("sealed class Pair(double low) { public double Low => low; } static T Make<T>() where T : new() => new();")]
    public void Code_that_only_computes_is_not_accused(string members) => Scan(members).Found.ShouldBeEmpty();

    [Fact]
    public void The_sample_plug_in_is_not_accused() =>
        PluginScan.Of(typeof(SamplePlugin.PullbackBuyer).Assembly.Location).Found.ShouldBeEmpty();

    [Fact]
    public void Strategies_of_Granary_keep_the_list_and_factors_too_apart_from_access_without_bounds_checks()
    {
        var found = PluginScan.Of(typeof(Granary.Engine.Strategies.Strategy).Assembly.Location).Found.Where(f => f.Class is not null);
        found.Where(f => f.Class!.StartsWith("Granary.Engine.Strategies.Library.", StringComparison.Ordinal)).ShouldBeEmpty();
        found.Where(f => f.Kind != ReachKind.Native
            && System.Text.RegularExpressions.Regex.IsMatch(f.Class!, @"^Granary\.Engine\.Factors\.\w+\.")).ShouldBeEmpty();
    }

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
