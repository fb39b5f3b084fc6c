using Granary.Engine;
using Granary.Server.Access;
using Granary.Server.Budgets;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Role = Granary.Server.Access.Role;

namespace Granary.Assistants.Calls;

/// <summary>
/// The way of every call: the caller's role, the arguments, the audit log, errors as sentences, and the standing of the caller in each
/// answer.
/// </summary>
internal sealed partial class CallFilter(AssistantCallers callers, GranaryCatalogues catalogues, CallAudit audit, CallStanding standing,
    ILogger<CallFilter> logger)
{
    /// <summary>Whether a caller may use a tool; tools that they may not use are not listed.</summary>
    public bool Admits(MessageContext context, Tool tool) =>
        context.Server.ServerOptions.ToolCollection?.TryGetPrimitive(tool.Name, out var found) == true
        && callers.Of(context.User).Role >= RoleOf(found);

    /// <summary>Sets the caller of a request that reads a list.</summary>
    public void Identify(MessageContext context) => context.Services!.GetRequiredService<AssistantCall>().Caller = callers.Of(context.User);

    /// <summary>Runs a tool.</summary>
    public async ValueTask<CallToolResult> CallAsync(RequestContext<CallToolRequestParams> request,
        McpRequestHandler<CallToolRequestParams, CallToolResult> next, CancellationToken cancellationToken)
    {
        var name = request.Params.Name;
        var call = request.Services!.GetRequiredService<AssistantCall>();
        try
        {
            call.Caller = callers.Of(request.User);
            if (request.MatchedPrimitive is not McpServerTool tool) throw Unknown(request, name);
            if (call.Caller.Role < RoleOf(tool))
                throw new NotAllowedException($"{name} needs the role {RoleOf(tool).ToString().ToLowerInvariant()}, and "
                    + $"{call.Caller.Shown} has the role {call.Caller.Role.ToString().ToLowerInvariant()}");
            ArgumentCheck.Check(name, tool.ProtocolTool.InputSchema, request.Params.Arguments);
        }
        catch (Exception e) when (CallerFaults.IsSentence(e))
        {
            return await RefusedAsync(request, call, e).ConfigureAwait(false);
        }
        // A change is recorded before it begins, so that no crash hides it.
        var changes = ((McpServerTool)request.MatchedPrimitive!).ProtocolTool.Annotations?.ReadOnlyHint != true;
        try
        {
            await using var entry = await audit.BeginAsync(call, name, request.Params.Arguments, changes, cancellationToken)
                .ConfigureAwait(false);
            try
            {
                var result = await next(request, cancellationToken).ConfigureAwait(false);
                standing.AddTo(result, call);
                entry.Outcome = "done";
                return result;
            }
            catch (Exception e) when (e is not (McpProtocolException or OperationCanceledException))
            {
                var sentence = SentenceOf(name, e);
                entry.Outcome = sentence;
                return Error(sentence);
            }
        }
        catch (ServiceUnavailableException e)
        {
            // The audit log cannot be written.
            return Error(catalogues.Shown(e.Message));
        }
    }

    /// <summary>Converts the errors of resources and prompts, and records the reading.</summary>
    public async ValueTask<TResult> ReadAsync<TParams, TResult>(RequestContext<TParams> request, string what, string target,
        McpRequestHandler<TParams, TResult> next, CancellationToken cancellationToken)
    {
        var call = request.Services!.GetRequiredService<AssistantCall>();
        try
        {
            call.Caller = callers.Of(request.User);
            await using var entry = await audit.BeginAsync(call, what, target, cancellationToken).ConfigureAwait(false);
            try
            {
                var result = await next(request, cancellationToken).ConfigureAwait(false);
                entry.Outcome = "done";
                return result;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                entry.Outcome = e is McpProtocolException ? e.Message : SentenceOf(what, e);
                throw;
            }
        }
        catch (Exception e) when (e is not (McpProtocolException or OperationCanceledException))
        {
            throw new McpProtocolException(SentenceOf(what, e), e, McpErrorCode.InvalidParams);
        }
    }

    /// <inheritdoc cref="ReadAsync"/>
    public ValueTask<GetPromptResult> PromptAsync(RequestContext<GetPromptRequestParams> request,
        McpRequestHandler<GetPromptRequestParams, GetPromptResult> next, CancellationToken cancellationToken) =>
        ReadAsync(request, "getPrompt", "/mcp/" + request.Params.Name, (r, stop) =>
        {
            foreach (var argument in (r.MatchedPrimitive as McpServerPrompt)?.ProtocolPrompt.Arguments ?? [])
                if (argument.Required == true && r.Params.Arguments?.ContainsKey(argument.Name) != true)
                    throw new InputException($"{r.Params.Name} needs the argument '{argument.Name}': {argument.Description?.TrimEnd('.')}");
            return next(r, stop);
        }, cancellationToken);

    private async ValueTask<CallToolResult> RefusedAsync(RequestContext<CallToolRequestParams> request, AssistantCall call, Exception fault)
    {
        var sentence = catalogues.Shown(CallerFaults.SentenceOf(fault));
        try
        {
            await using var entry = await audit.BeginAsync(call, request.Params.Name, request.Params.Arguments, changes: false, default)
                .ConfigureAwait(false);
            entry.Outcome = sentence;
        }
        catch (ServiceUnavailableException e)
        {
            return Error(catalogues.Shown(e.Message));
        }
        return Error(sentence);
    }

    private InputException Unknown(RequestContext<CallToolRequestParams> request, string name)
    {
        List<string> known = [.. (request.Server.ServerOptions.ToolCollection ?? []).Where(t => callers.Of(request.User).Role >= RoleOf(t))
            .Select(t => t.ProtocolTool.Name)];
        return new InputException($"there is no tool '{name}' here; " + (Engine.Market.Spelling.Nearest(name, known) is { } near
            ? $"did you mean '{near}'?" : $"it has {string.Join(", ", known)}"));
    }

    private string SentenceOf(string name, Exception fault)
    {
        if (CallerFaults.IsSentence(fault)) return catalogues.Shown(CallerFaults.SentenceOf(fault));
        CallFailed(name, fault);
        return $"the server failed on this call of {name}; its log has the details";
    }

    private static Role RoleOf(McpServerTool tool) => tool.Metadata.OfType<NeedsRoleAttribute>().LastOrDefault()?.Role ?? Role.Viewer;

    private static CallToolResult Error(string sentence) =>
        new() { IsError = true, Content = [new TextContentBlock { Text = sentence }] };

    [LoggerMessage(1, LogLevel.Error, "{Tool} failed")]
    private partial void CallFailed(string tool, Exception exception);
}
