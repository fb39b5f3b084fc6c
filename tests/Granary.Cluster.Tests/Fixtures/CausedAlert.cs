namespace Granary.Cluster.Tests.Fixtures;

/// <summary>An alert that a test causes.</summary>
/// <param name="Cause">What the test did, in words.</param>
/// <param name="Account">A session's account that its page asks for; empty if it asks for none.</param>
/// <param name="Shown">Texts that the answers of its page's commands contain, which tell an operator the cause.</param>
internal sealed record CausedAlert(string Name, string Cause, string Account = "", params string[] Shown);
