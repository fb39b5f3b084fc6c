namespace Granary.Server.Jobs;

/// <summary>
/// A job is not started again, because the processes that worked on it ended one after another, and none of them had finished anything new.
/// </summary>
/// <param name="deaths">What ended and how often, as the beginning of the sentence.</param>
internal sealed class DeadlyJobException(string deaths) : Exception($"{deaths} while this job ran, which had finished nothing new, as where "
    + "memory does not suffice; make the job smaller, or give the server more memory, and submit or resume it again");
