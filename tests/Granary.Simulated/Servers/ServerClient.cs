using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Simulated.Kernel;
using Granary.Simulation.Json;

namespace Granary.Simulated.Servers;

/// <summary>A caller of the server, who submits jobs, looks at them, cancels and resumes them.</summary>
internal sealed class ServerClient(World world, ServerMachine machine, ServerModel model, string name, Draws draws)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    public async Task RunAsync(int jobs)
    {
        await Task.WhenAll(Enumerable.Range(0, jobs).Select(JobAsync)).ConfigureAwait(false);
    }

    private async Task JobAsync(int number)
    {
        await PauseAsync(TimeSpan.FromMinutes(3)).ConfigureAwait(false);
        var wish = new JobWish($"{name}-{number}", name, draws.Between(1, 5), $"bars{draws.Below(2)}",
            [.. Enumerable.Range(0, draws.Between(1, 30)).Select(_ => draws.Below(60)).Distinct()], draws.Chance(0.1));
        var key = draws.Chance(0.9) ? wish.Name : null;
        JobReceipt? receipt;
        while ((receipt = await AskAsync("submits", s => SubmitAsync(s, wish, key)).ConfigureAwait(false)) is null)
        {
            // Without a key, a submission without an answer must not be repeated.
            if (key is null) return;
            await PauseAsync(TimeSpan.FromSeconds(20)).ConfigureAwait(false);
        }
        await WatchAsync(receipt.Job.Id).ConfigureAwait(false);
    }

    private async Task<JobReceipt?> SubmitAsync(SimulatedServer server, JobWish wish, string? key)
    {
        model.Charges(wish);
        await server.Accounts.ChargeAsync(name, 1000, new PlannedTrials(null!, ServerModel.CombinationsOf(wish))).ConfigureAwait(false);
        model.Charged(wish);
        var receipt = await server.Jobs.SubmitAsync(new JobSubmission(new ServedJob(wish.ToText(), wish), name, key)).ConfigureAwait(false);
        if (!server.Process.IsDead) model.Accepts(wish, receipt.Job);
        return receipt;
    }

    private async Task WatchAsync(string id)
    {
        for (var resumes = 0; ;)
        {
            await PauseAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(false);
            var wants = world.Faults.AreOver ? 1 : draws.Below(10);
            var status = await AskAsync(wants == 0 ? "cancels" : "finds",
                async s => await (wants == 0 ? s.Jobs.CancelAsync(id) : s.Jobs.FindAsync(id)).ConfigureAwait(false)).ConfigureAwait(false);
            if (status is null) continue;
            if (!status.Ended) continue;
            if (!status.CanResume() || resumes++ > 1 || draws.Chance(0.4)) return;
            // After a resumption without an answer, it is still the same end.
            model.Resumes(id, status);
            await AskAsync("resumes", async s => await s.Jobs.ResumeAsync(id).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private Task PauseAsync(TimeSpan most) => world.Outside.WaitAsync(draws.Between(TimeSpan.FromMilliseconds(5), most), $"{name} waits");

    // Null without an answer.
    private async Task<T?> AskAsync<T>(string what, Func<SimulatedServer, Task<T?>> ask)
        where T : class
    {
        var answer = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        world.After(s_timeout, world.Outside, $"{name} waits no longer", () => answer.TrySetResult(null));
        world.After(draws.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)), world.Outside, $"{name} {what}", () =>
        {
            if (machine.Current is { Process.IsDead: false } server && !world.Faults.Happens("request lost", machine.LossRate))
                _ = AnswerAsync(server, answer, ask);
        });
        return await answer.Task.ConfigureAwait(false);
    }

    private async Task AnswerAsync<T>(SimulatedServer server, TaskCompletionSource<T?> answer, Func<SimulatedServer, Task<T?>> ask)
        where T : class
    {
        T? result = null;
        try
        {
            result = await ask(server).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ServiceUnavailableException or Disks.KilledException or TooManyJobsException)
        {
            world.Say(server.Process.Name, $"refuses: {e.Message}");
        }
        catch (Exception e)
        {
            if (!server.Process.IsDead) world.Break(e);
        }
        if (server.Process.IsDead) return;
        // It counts when it is sent: an answer on its way is older than one that a later process gives.
        if (result is JobStatus status) model.Shows(status);
        if (world.Faults.Happens("answer lost", machine.LossRate)) return;
        world.After(draws.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)), world.Outside, $"answer to {name}",
            () => answer.TrySetResult(result));
    }
}
