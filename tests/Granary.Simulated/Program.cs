using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Granary.Simulated;
using Granary.Simulated.Kernel;

// Granary.Simulated FIRST COUNT [--scenario NAME] [--trace] [--twice]
const string Usage = "usage: tests/seeds.sh FIRST COUNT [--scenario NAME] [--trace] [--twice]";
if (args is not [var firstText, var countText, .. var options]
    || !ulong.TryParse(firstText, CultureInfo.InvariantCulture, out var first)
    || !int.TryParse(countText, CultureInfo.InvariantCulture, out var count) || count < 1)
    return Refuse(Usage);
IScenario? only = null;
var (writesTrace, isTwice) = (false, false);
for (var i = 0; i < options.Length; i++)
{
    if (options[i] == "--trace") writesTrace = true;
    else if (options[i] == "--twice") isTwice = true;
    else if (options[i] == "--scenario" && i + 1 < options.Length)
    {
        var name = options[++i];
        only = Scenarios.All.FirstOrDefault(s => s.Name == name);
        if (only is null) return Refuse($"there is no scenario '{name}'; there are {string.Join(", ", Scenarios.All.Select(s => s.Name))}");
    }
    else return Refuse(Usage);
}
var current = first;
AppDomain.CurrentDomain.UnhandledException += (_, e) => Console.Error.WriteLine($"seed {current}: {e.ExceptionObject}");
var (digest, failed) = (new XxHash128(), 0);
for (current = first; current < first + (ulong)count; current++)
{
    var scenario = only ?? Scenarios.Of(current);
    var run = SeedRun.Of(scenario, current, writesTrace ? Console.Out : null);
    digest.Append(Encoding.UTF8.GetBytes(run.Hash));
    var failure = run.Failure;
    if (failure is null && isTwice && SeedRun.Of(scenario, current, null).Hash is var second && second != run.Hash)
        failure = $"same trace: the second run has {second}, the first {run.Hash}";
    if (failure is null) continue;
    failed++;
    Console.WriteLine($"seed {current} ({scenario.Name}): {failure}");
    if (run.Failure is not null) Console.WriteLine($"  {SeedRun.Shortened(scenario, current, run)}");
}
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{count} seeds, {failed} failed, digest {Convert.ToHexStringLower(digest.GetCurrentHash())}"));
return failed == 0 ? 0 : 1;

static int Refuse(string sentence)
{
    Console.Error.WriteLine(sentence);
    return 2;
}
