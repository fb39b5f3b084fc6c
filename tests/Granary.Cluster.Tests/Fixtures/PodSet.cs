using System.Diagnostics;
using Granary.Testing;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// Silos as pods of a StatefulSet. A pod has a name by its ordinal. It ends as the kubelet ends it: after the pause of its hook it gets
/// SIGTERM, and SIGKILL when its grace period is over. The one that follows has its name, and other ports between silos.
/// </summary>
/// <param name="api">null where no pods can be made: the silos then run without the option --kubernetes.</param>
/// <param name="arguments">Of each silo.</param>
internal sealed class PodSet(KubernetesApi? api, string connection, IReadOnlyDictionary<string, string> environment, string[] arguments)
    : IAsyncDisposable
{
    public const int Drain = 15;
    private static readonly TimeSpan s_preStop = TimeSpan.FromSeconds(1), s_grace = TimeSpan.FromSeconds(1 + Drain + 20);

    // Of the HTTP API, which clients reach by the same address for as long as the name of a pod exists.
    private readonly List<int> _http = [];
    private readonly List<SiloProcess> _ended = [];

    /// <summary>By ordinal.</summary>
    public List<SiloProcess> Pods { get; } = [];

    /// <summary>The longest time from the begin of a pod's end to the end of its process.</summary>
    public TimeSpan Longest { get; private set; }

    public string Hosts => string.Join(',', _http.Select(p => $"http://127.0.0.1:{p}"));

    /// <summary>What all pods logged.</summary>
    public string Output => string.Join('\n', _ended.Concat(Pods).Select(s => s.Output));

    public async Task StartAsync(int pods)
    {
        for (var i = 0; i < pods; i++)
        {
            _http.Add(FreePorts.Take(1)[0]);
            Pods.Add(Launch(i));
        }
        await Task.WhenAll(Pods.Select(p => p.ReadyAsync()));
    }

    /// <summary>Ends the pods above an ordinal, the highest first.</summary>
    /// <param name="atOnce">As with podManagementPolicy Parallel, else each waits for the one before.</param>
    public async Task ScaleAsync(int pods, bool atOnce)
    {
        var leaving = Enumerable.Range(pods, Pods.Count - pods).Reverse().ToList();
        if (atOnce) await Task.WhenAll(leaving.Select(EndAsync));
        else foreach (var ordinal in leaving) await EndAsync(ordinal);
        _ended.AddRange(Pods[pods..]);
        Pods.RemoveRange(pods, leaving.Count);
    }

    /// <summary>Ends a pod, as the drain of its node does, and starts the one that follows.</summary>
    public async Task EvictAsync(int ordinal)
    {
        await EndAsync(ordinal);
        await ReplaceAsync(ordinal);
    }

    /// <summary>Kills a pod without grace, as the loss of its node does, and starts the one that follows.</summary>
    public async Task LoseAsync(int ordinal)
    {
        Pods[ordinal].Kill();
        await Pods[ordinal].ExitCodeAsync();
        api?.Delete(Name(ordinal));
        await ReplaceAsync(ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _ended.Concat(Pods)) await silo.DisposeAsync();
    }

    private static string Name(int ordinal) => $"granary-all-{ordinal}";

    private async Task EndAsync(int ordinal)
    {
        var watch = Stopwatch.StartNew();
        await Task.Delay(s_preStop);
        Pods[ordinal].Terminate();
        var code = Pods[ordinal].ExitCodeAsync();
        if (await Task.WhenAny(code, Task.Delay(s_grace - s_preStop)) != code) Pods[ordinal].Kill();
        (await code).ShouldBe(0, $"{Name(ordinal)} was killed after its grace period: {Pods[ordinal].Error}");
        Longest = watch.Elapsed > Longest ? watch.Elapsed : Longest;
        api?.Delete(Name(ordinal));
    }

    private async Task ReplaceAsync(int ordinal)
    {
        _ended.Add(Pods[ordinal]);
        Pods[ordinal] = Launch(ordinal);
        await Pods[ordinal].ReadyAsync();
    }

    private SiloProcess Launch(int ordinal)
    {
        int[] ports = [_http[ordinal], .. FreePorts.Take(2)];
        string[] all = ["--drain-timeout", $"{Drain}", .. arguments];
        if (api is null) return SiloProcess.Launch(connection, "granary", ports, environment, all);
        api.Add(Name(ordinal));
        var pod = api.Pod(Name(ordinal));
        return SiloProcess.LaunchIn((pod.Through, new Dictionary<string, string>(pod.Environment.Concat(environment))), connection, ports,
            ["--kubernetes", .. all]);
    }
}
