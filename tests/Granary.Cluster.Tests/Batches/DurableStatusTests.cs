using Granary.Cluster.Grains.Batches;
using Granary.Contracts.Jobs;
using Granary.Testing;
using Orleans.Runtime;

namespace Granary.Cluster.Tests.Batches;

/// <summary>The status of a job over the activations of its grain.</summary>
public sealed class DurableStatusTests
{
    private readonly ManualClock _clock = new();
    private readonly Stored _stored = new();

    // The database: an activation reads what was written.
    private sealed class Stored : IPersistentState<BatchRecord>
    {
        public BatchRecord State { get; set; } = new();

        public JobStatus? Written { get; private set; }

        public int Writes { get; private set; }

        public string? Etag => "";

        public bool RecordExists => true;

        public Task WriteStateAsync()
        {
            (Written, Writes) = (State.Status, Writes + 1);
            return Task.CompletedTask;
        }

        public Task ReadStateAsync()
        {
            State = new BatchRecord { Status = Written };
            return Task.CompletedTask;
        }

        public Task ClearStateAsync() => throw new NotSupportedException();
    }

    private static JobStatus Status(JobState state, long revision) => new()
    {
        Id = "run",
        Kind = "backtest",
        Name = "run",
        Revision = revision,
        State = state,
        SubmittedBy = "Anna",
        SubmittedAt = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero),
    };

    private async Task<DurableStatus> ActivateAsync()
    {
        await _stored.ReadStateAsync();
        var status = new DurableStatus(_stored, _clock);
        status.Read();
        if (status.IsOpen) await status.WriteAsync();
        return status;
    }

    [Fact]
    public async Task Each_activation_of_an_open_job_begins_with_a_higher_revision()
    {
        await new DurableStatus(_stored, _clock).WriteAsync(Status(JobState.Running, 5));
        var first = await ActivateAsync();
        first.Show(first.Current! with { Revision = first.Current!.Revision + 3 });
        var shown = first.Current!.Revision;
        (await ActivateAsync()).Current!.Revision.ShouldBeGreaterThan(shown, "the first activation stored none of what it showed");
    }

    [Fact]
    public async Task An_ended_job_has_no_smaller_revision_after_a_loss_than_callers_saw()
    {
        var status = new DurableStatus(_stored, _clock);
        await status.WriteAsync(Status(JobState.Done, 5));
        status.Show(Status(JobState.Done, 6));
        (await ActivateAsync()).Current!.Revision.ShouldBeGreaterThan(6);
    }

    [Fact]
    public async Task A_record_is_confirmed_after_a_stall_and_on_doubt()
    {
        var status = new DurableStatus(_stored, _clock);
        await status.WriteAsync(Status(JobState.Running, 1));
        await status.ConfirmAsync();
        _stored.Writes.ShouldBe(1);
        _clock.Advance(DurableStatus.Stall + TimeSpan.FromMilliseconds(1));
        await status.ConfirmAsync();
        _stored.Writes.ShouldBe(2);
        status.Doubt();
        await status.ConfirmAsync();
        _stored.Writes.ShouldBe(3);
    }
}
