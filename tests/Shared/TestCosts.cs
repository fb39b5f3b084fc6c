using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestFramework(typeof(Granary.Testing.MeasuredTests))]

namespace Granary.Testing;

/// <summary>What a test started: each costs far more than a test of an object.</summary>
internal enum Started
{
    Silo,
    Server,
    Process,
    Browser,
    Database
}

/// <summary>
/// Runs the tests as xunit does, without those whose fixtures need what this machine does not have (<see cref="RequirementDiscoverer"/>),
/// and leaves the user's trial ledger alone: a test that needs one names a folder of its own. <see cref="TestCosts"/> watches them where
/// <c>./test.sh</c> asks for it.
/// </summary>
public sealed class MeasuredTests : XunitTestFramework
{
    private readonly string? _configuration;

    public MeasuredTests(string? configFileName)
        : base(configFileName)
    {
        _configuration = configFileName;
        Environment.SetEnvironmentVariable("GRANARY_TRIALS", "none");
    }

    public MeasuredTests()
        : this(null)
    {
    }

    protected override ITestFrameworkDiscoverer CreateDiscoverer(Assembly assembly) => new Discoverer(Of(assembly));

    protected override ITestFrameworkExecutor CreateExecutor(Assembly assembly) => new Executor(Of(assembly));

    private XunitTestAssembly Of(Assembly assembly) => new(assembly, _configuration, assembly.GetName().Version);

    private sealed class Discoverer : XunitTestFrameworkDiscoverer
    {
        public Discoverer(IXunitTestAssembly assembly)
            : base(assembly)
        {
            foreach (var usual in (Type[])[typeof(FactAttribute), typeof(TheoryAttribute)])
                DiscovererTypeCache[usual] = typeof(RequirementDiscoverer);
        }
    }

    private sealed class Executor(IXunitTestAssembly assembly) : XunitTestFrameworkExecutor(assembly)
    {
        public override async ValueTask RunTestCases(IReadOnlyCollection<IXunitTestCase> testCases, IMessageSink executionMessageSink,
            ITestFrameworkExecutionOptions executionOptions, CancellationToken cancellationToken)
        {
            if (Environment.GetEnvironmentVariable("GRANARY_TEST_COSTS") is not { Length: > 0 } folder)
            {
                await base.RunTestCases(testCases, executionMessageSink, executionOptions, cancellationToken);
                return;
            }
            using var costs = new TestCosts(executionMessageSink);
            costs.Listen();
            await base.RunTestCases(testCases, costs, executionOptions, cancellationToken);
            costs.Write(Path.Combine(folder, TestAssembly.AssemblyName.Split(',')[0] + ".tsv"));
        }
    }
}

/// <summary>
/// The processor time of each test and what it started. Tests that run at the same time share the time that passes; between the tests of
/// a class (its fixtures) the class has it.
/// </summary>
internal sealed class TestCosts(IMessageSink next) : IMessageSink, IDisposable
{
    private const string Shared = "fixtures of the project";

    // Not named as the product's meters are, which servers and silos export.
    private static readonly Counter<int> s_started = new Meter("test.costs").CreateCounter<int>("started");

    private readonly MeterListener _listener = new();
    private readonly Dictionary<(string Class, string What), int> _started = [];
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Class, string Test)> _tests = [];
    private readonly Dictionary<string, string> _classes = [];
    private readonly Dictionary<(string Class, string Test), (double Processor, double Wall)> _costs = [];
    private (double Processor, long Wall) _last = (ProcessorSeconds(), Stopwatch.GetTimestamp());

    /// <summary>Notes that the running test, or the fixture of its class, started something.</summary>
    public static void Count(Started what) => s_started.Add(1,
        new("class", TestContext.Current.TestClass?.TestClassName ?? Shared), new("what", what.ToString().ToLowerInvariant()));

    /// <summary>Begins to count what tests start.</summary>
    public void Listen()
    {
        _listener.SetMeasurementEventCallback<int>((_, number, tags, _) =>
        {
            var key = ((string)tags[0].Value!, (string)tags[1].Value!);
            lock (_lock) _started[key] = _started.GetValueOrDefault(key) + number;
        });
        _listener.EnableMeasurementEvents(s_started);
        _listener.Start();
    }

    public bool OnMessage(IMessageSinkMessage message)
    {
        lock (_lock)
        {
            switch (message)
            {
                case ITestClassStarting starting:
                    Share();
                    _classes[starting.TestClassUniqueID ?? ""] = starting.TestClassName;
                    break;
                case ITestClassFinished finished:
                    Share();
                    _classes.Remove(finished.TestClassUniqueID ?? "");
                    break;
                case ITestStarting starting:
                    Share();
                    var owner = _classes.GetValueOrDefault(starting.TestClassUniqueID ?? "", Shared);
                    _tests[starting.TestUniqueID] = (owner, starting.TestDisplayName);
                    break;
                case ITestFinished finished:
                    Share();
                    _tests.Remove(finished.TestUniqueID);
                    break;
            }
        }
        return next.OnMessage(message);
    }

    /// <summary>Writes a row for each test (class, processor time and time in seconds), and one for each kind of thing started.</summary>
    public void Write(string file)
    {
        lock (_lock) Share();
        var rows = _costs.OrderByDescending(c => c.Value.Processor).Select(c => string.Create(CultureInfo.InvariantCulture,
            $"cost\t{c.Key.Class}\t{c.Value.Processor:0.000}\t{c.Value.Wall:0.000}\t")
            + c.Key.Test.ReplaceLineEndings(" ").Replace('\t', ' '));
        var started = _started.OrderBy(s => s.Key).Select(s => string.Create(CultureInfo.InvariantCulture,
            $"start\t{s.Key.Class}\t{s.Value}\t{s.Key.What}"));
        File.WriteAllLines(file, [.. rows, .. started]);
    }

    public void Dispose() => _listener.Dispose();

    private void Share()
    {
        var now = (Processor: ProcessorSeconds(), Wall: Stopwatch.GetTimestamp());
        List<(string, string)> owners = _tests.Count > 0 ? [.. _tests.Values]
            : _classes.Count > 0 ? [.. _classes.Values.Select(c => (c, "(fixtures)"))]
            : [(Shared, "")];
        var wall = Stopwatch.GetElapsedTime(_last.Wall, now.Wall).TotalSeconds;
        foreach (var owner in owners)
        {
            var (processor, seconds) = _costs.GetValueOrDefault(owner);
            _costs[owner] = (processor + ((now.Processor - _last.Processor) / owners.Count), seconds + wall);
        }
        _last = now;
    }

    // Of this process and of the children that have ended.
    private static double ProcessorSeconds()
    {
        var own = Environment.CpuUsage.TotalTime.TotalSeconds;
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess) return own;
        var usage = new long[18]; // struct rusage: two times of two numbers each, and fourteen counts
        return getrusage(Children, usage) != 0 ? own : own + usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
    }

    private const int Children = -1;

    [DllImport("libc")]
    private static extern int getrusage(int who, [Out] long[] usage);
}
