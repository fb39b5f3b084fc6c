namespace Granary.Engine.Trading;

/// <summary>Receives the events of a strategy run, in order of time.</summary>
internal interface IRunListener
{
    /// <summary>
    /// The events that are made for it. It may receive others, which it ignores: a listener that passes events on receives those of both.
    /// Must not change once the run has a first block.
    /// </summary>
    RunEventKinds Kinds => RunEventKinds.All;

    /// <summary>Called for each event.</summary>
    void On(in RunEvent e);
}
