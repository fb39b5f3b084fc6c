namespace Granary.Application.Schedules;

/// <summary>What became of one time of a schedule.</summary>
public enum ScheduleOutcome : byte
{
    /// <summary>Its job was submitted, or is being submitted.</summary>
    Submitted,

    /// <summary>No job was submitted.</summary>
    Missed,
}
