using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Telemetry;
using Granary.Server.Jobs;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Batches;

/// <summary>
/// Distributes the passes of a run over the silos: it polls them, orders strategy groups, and orders the groups of lost silos again. Its
/// <see cref="AssignmentTable"/> decides; a new activation makes a new table from what the silos run.
/// </summary>
internal sealed class PassControl
{
    // More than it takes to find the strategy that ends its silo, while the others of its group finish.
    private const int MostDeaths = 6;

    private readonly string _run;
    private readonly IReportingGrain _reporting;
    private readonly DurableStatus _status;
    private readonly BatchServices _services;
    private readonly ILogger _logger;
    private readonly SiloPolls _silos;
    // The table of an earlier pass, until the work of the next one shows which of its lost groups begin again.
    private AssignmentTable? _before;
    // Number of groups by silo that an earlier activation had assigned and this one has not adopted.
    private Dictionary<SiloAddress, int> _inherited = [];

    /// <param name="answered">Called when a silo has answered.</param>
    public PassControl(string run, IReportingGrain reporting, DurableStatus status, BatchServices services, ILogger logger,
        Action answered)
    {
        (_run, _reporting, _status, _services, _logger) = (run, reporting, status, services, logger);
        _silos = new SiloPolls(services.Settings, services.Clock, (silo, stop) => services.Compute.Of(silo).PollAsync(run, stop), answered);
    }

    /// <summary>The assignments of the current pass; null without one.</summary>
    public AssignmentTable? Table { get; private set; }

    /// <summary>Whether the activation ends on this silo, so it orders nothing more.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Takes the groups that an earlier activation has stored in the record.</summary>
    public void Inherit() => (_inherited, _status.Record.Groups) = (_status.Record.Groups, []);

    /// <summary>Makes the next look ask all silos.</summary>
    public void Hurry() => _silos.Hurry();

    /// <summary>Compares the work of a pass with the silos', and orders what is missing.</summary>
    /// <param name="pass">Token of the pass that the reporting grain needs; null for none.</param>
    /// <returns>Why the run cannot continue, in one sentence; null if it can.</returns>
    public async Task<string?> LookAsync(Guid? pass)
    {
        var members = _services.Membership.CurrentSnapshot.Members;
        _silos.Ask(members);
        foreach (var silo in _inherited.Keys.Where(s => LostCall.IsOf(members, s)).ToList())
            if (_inherited.Remove(silo, out var groups)) Recovered(groups);
        // All groups are done, but outcomes are missing: an earlier attempt of the reporting grain had acknowledged them.
        var isShort = Table?.IsEmptyFor(_services.Settings.Tick * 20, _services.Clock.GetTimestamp()) == true;
        if (pass != Table?.Pass.Token || isShort) await TurnToAsync(pass);
        await _status.ConfirmAsync();
        return Table is { } table ? await DriveAsync(table) : null;
    }

    private async Task TurnToAsync(Guid? token)
    {
        _before ??= Table;
        Table = null;
        if (token is not { } pass) return;
        // Wait for the silos' first answers: they show groups that started before a loss of this grain or of the reporting grain.
        if (_silos.Views.Values.Any(v => v is { Answer: null, IsResponsive: true })) return;
        if (await RemainingAsync(pass) is not { } work) return;
        var before = _before;
        if (before is not null)
        {
            TakeFromLost(before);
            Recovered(before.Resume(work));
            _before = null;
        }
        if (_status.Record.Symbols is null)
        {
            _status.Record.Symbols = work.Symbols;
            await _status.WriteAsync();
        }
        var table = new AssignmentTable(work, _silos.Views.Values.Count(v => v.Answer is { Leaving: false }),
            _services.Clock, _services.Ids);
        foreach (var (silo, view) in _silos.Views)
            if (view is { IsResponsive: true, Answer: { } answer })
            {
                var lost = table.Adopt(silo, answer);
                if (before is not null) table.Adopt(before, silo, view.AskedAt, _services.Clock.GetTimestamp());
                // An earlier activation has counted those that it did not store.
                if (_inherited.Remove(silo, out var groups)) Recovered(Math.Min(lost, groups));
            }
        Table = table;
        BatchMessages.PassBegins(_logger, _run, work.Key.ToString(), work.Work.Sum(w => w.Strategies.Length), work.Work.Count,
            _silos.Views.Count);
    }

    // The work without outcomes; null if it is not known now, so that the next look asks again.
    private async Task<PassWork?> RemainingAsync(Guid pass)
    {
        try
        {
            return await Untraced.CallAsync(() => TimedCall.CallAsync(stop => _reporting.PassAsync(pass, stop), SiloPolls.Timeout,
                _services.Clock));
        }
        catch (Exception e) when (LostCall.Is(e))
        {
            return null;
        }
    }

    private async Task<string?> DriveAsync(AssignmentTable table)
    {
        foreach (var (silo, view) in _silos.Views)
        {
            if (!view.Fresh || view.Answer is not { } answer) continue;
            view.Fresh = false;
            var over = table.Seen(silo, answer, view.AskedAt, out var fault);
            if (over.Count > 0) _ = LostCall.IgnoreAsync(() => _services.Compute.Of(silo).StopAsync(_run, over));
            if (fault is not null) return fault;
        }
        TakeFromLost(table);
        // Stored strategies do not begin again: the silo may have reported them before it was lost.
        if (table.HasInterrupted && await RemainingAsync(table.Pass.Token) is { } remaining) Recovered(table.Resume(remaining));
        if (table.Deaths >= MostDeaths) return new DeadlyJobException($"{table.Deaths} silos ended one after another").Message;
        if (table.TakeDeadly() is { Count: > 0 } deadly) await _reporting.ReportAsync(EndedBatch.Deadly(table.Pass.Key, deadly));
        var open = _silos.Views.Where(s => s.Value.IsOpen).ToDictionary(s => s.Key, s => s.Value.Answer!.Threads);
        await AssignAsync(table, open);
        Record(table.Groups);
        await _status.ConfirmAsync();
        if (table.Relief(open, _services.Clock.GetTimestamp()) is { } relief)
        {
            await LostCall.IgnoreAsync(async () => table.GivenUp(relief.Group,
                await _services.Compute.Of(relief.From).GiveUpAsync(_run, relief.Group, relief.Most)
                    .WaitAsync(SiloPolls.Timeout, _services.Clock)));
            await AssignAsync(table, open);
        }
        return null;
    }

    private void Record(Dictionary<SiloAddress, int> groups)
    {
        if (IsLeaving) return;
        // Another activation must know how much work a silo has. Less of it is stored with the counts of the strategies that ended.
        if (groups.Any(g => g.Value > _status.Record.Groups.GetValueOrDefault(g.Key))
            || _status.Record.Groups.Keys.Any(s => !groups.ContainsKey(s))) _status.Doubt();
        _status.Record.Groups = groups;
    }

    private void Recovered(int groups) => _services.Instruments.Recovered(LostWork.StrategyGroup, groups);

    // Takes the groups of silos that are lost or do not answer.
    private void TakeFromLost(AssignmentTable table)
    {
        foreach (var silo in table.BusySilos.Where(s => !_silos.Views.TryGetValue(s, out var view) || !view.IsResponsive).ToList())
            BatchMessages.SiloLost(_logger, _run, silo.ToString(), table.Lost(silo, dead: !_silos.Views.ContainsKey(silo)));
    }

    private async Task AssignAsync(AssignmentTable table, Dictionary<SiloAddress, int> open)
    {
        var assigned = table.Assign(_run, open, _services.Clock.GetTimestamp());
        if (assigned.Count == 0) return;
        Record(table.Groups);
        try
        {
            // Stored before they begin, so that another activation counts them if their silo and this one are lost together.
            await _status.ConfirmAsync();
        }
        catch
        {
            foreach (var (_, work) in assigned) table.NotStarted(work.Id);
            throw;
        }
        await Task.WhenAll(assigned.Select(g => StartAsync(table, g.Silo, g.Work)));
    }

    private async Task StartAsync(AssignmentTable table, SiloAddress silo, GroupWork work)
    {
        try
        {
            work = work with { Stopped = _status.Record.Stopped is { Count: > 0 } stopped ? new(stopped) : null };
            await _services.Compute.Of(silo).StartAsync(work).WaitAsync(SiloPolls.Timeout, _services.Clock);
            table.Started(work.Id, _services.Clock.GetTimestamp());
        }
        catch (Exception e) when (LostCall.Is(e))
        {
            table.NotStarted(work.Id);
        }
    }

    /// <summary>Stops a strategy on the silo that runs it.</summary>
    public Task StopAsync(string strategy, string reason) => Task.WhenAll(_silos.Views.Keys.Select(s =>
        LostCall.IgnoreAsync(() => _services.Compute.Of(s).StopStrategyAsync(_run, strategy, reason))));

    /// <summary>Stops all groups without waiting for the silos, because the run has ended.</summary>
    public void End()
    {
        // A silo that never answered was lost with its groups, which ran again before its loss was known here.
        foreach (var (silo, groups) in _inherited)
            if (!_silos.Views.TryGetValue(silo, out var view) || view.Answer is null) Recovered(groups);
        (Table, _before, _inherited) = (null, null, []);
        foreach (var silo in _silos.Views.Keys) _ = LostCall.IgnoreAsync(() => _services.Compute.Of(silo).StopAsync(_run, null));
    }

    /// <summary>
    /// Ends the orders, because the activation ends. Of this silo, the record keeps the groups that are not done: if the silo stops, they
    /// begin again, and the next activation counts them.
    /// </summary>
    /// <param name="groups">The groups of the run on this silo, as of now.</param>
    /// <returns>Whether the record must be stored.</returns>
    public bool Leave(SiloAddress own, IReadOnlyList<GroupStatus> groups)
    {
        IsLeaving = true;
        var record = _status.Record.Groups;
        if (!record.TryGetValue(own, out var stored)) return false;
        var left = (Table ?? _before)?.LeftOf(own, groups) ?? 0;
        if (left == 0) record.Remove(own);
        else record[own] = left;
        return left != stored;
    }
}
