using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace Dashboard.Benchmarks;

/// <summary>
/// A person's open page without a browser: loads it, opens its circuit as Blazor's script does, acknowledges every picture and answers every call of the server.
/// The messages are those of <c>blazor.web.js</c> of .NET 10.
/// </summary>
internal sealed partial class BarePage : IAsyncDisposable
{
    private const int ObjectReference = 1;
    private readonly HubConnection _hub;
    private readonly Uri _address;
    private volatile Awaited _awaited = new(string.Empty);

    private BarePage(Uri address, string cookie)
    {
        _address = address;
        var builder = new HubConnectionBuilder().WithUrl(new Uri(address, "/_blazor"), options =>
        {
            (options.SkipNegotiation, options.Transports) = (true, HttpTransportType.WebSockets);
            options.Headers["Cookie"] = cookie;
            options.Headers["Origin"] = address.GetLeftPart(UriPartial.Authority);
        });
        builder.Services.AddSingleton<IHubProtocol, BlazorPack>();
        _hub = builder.Build();
        _hub.On<long, byte[]>("JS.RenderBatch", DrawAsync);
        _hub.On<long, string, string, int, long, int>("JS.BeginInvokeJS", AnswerAsync);
        _hub.On<string>("JS.Error", error => _awaited.Fail(new InvalidOperationException($"The circuit of {address} ended: {error}")));
    }

    public static async Task<BarePage> OpenAsync(HttpClient http, Uri address, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Cookie", cookie } } };
        using var answer = await http.SendAsync(request);
        var html = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        var operations = new JsonArray();
        foreach (var marker in Marker().Matches(html).Select(match => JsonNode.Parse(match.Groups["marker"].Value)!).Where(marker => marker["descriptor"] is not null))
            operations.Add(new JsonObject { ["type"] = "add", ["ssrComponentId"] = operations.Count + 1, ["marker"] = marker });
        if (operations.Count == 0)
            throw new InvalidOperationException($"{address} has nothing that a circuit would draw; is the cookie still good?");
        var state = State().Match(html).Groups["state"].Value;

        var page = new BarePage(address, cookie);
        await page._hub.StartAsync();
        if (await page._hub.InvokeAsync<string?>("StartCircuit", address.GetLeftPart(UriPartial.Authority) + "/", address.ToString(), "[]", state) is null)
            throw new InvalidOperationException($"The server opened no circuit for {address}.");
        await page._hub.SendAsync("UpdateRootComponents", new JsonObject { ["batchId"] = 1, ["operations"] = operations }.ToJsonString(), state);
        await page._awaited.IsThereAsync();
        return page;
    }

    /// <summary>A click on a link to another page: how long until the server sent what is only there when the page has its data.</summary>
    public async Task<TimeSpan> FollowAsync(string path, string sign)
    {
        var clock = Stopwatch.StartNew();
        var awaited = _awaited = new Awaited(sign);
        await _hub.SendAsync("OnLocationChanged", new Uri(_address, path).ToString(), null, true);
        await awaited.IsThereAsync();
        return clock.Elapsed;
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    private async Task DrawAsync(long number, byte[] picture)
    {
        await _hub.SendAsync("OnRenderCompleted", number, null);
        _awaited.Look(picture);
    }

    private Task AnswerAsync(long call, string function, string arguments, int wanted, long target, int kind) => call == 0
        ? Task.CompletedTask
        : _hub.SendAsync("EndInvokeJSFromDotNet", call, true, string.Create(CultureInfo.InvariantCulture, $"[{call},true,{(wanted == ObjectReference ? """{"__jsObjectId":1}""" : "null")}]"));

    [GeneratedRegex("<!--Blazor:(?<marker>\\{.*?\\})-->", RegexOptions.None, 1000)]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>[A-Za-z0-9+/=]+)-->", RegexOptions.None, 1000)]
    private static partial Regex State();

    /// <summary>A text that a picture will contain.</summary>
    private sealed class Awaited(string sign)
    {
        private readonly byte[] _sign = Encoding.UTF8.GetBytes(sign);
        private readonly TaskCompletionSource _there = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task IsThereAsync()
        {
            if (await Task.WhenAny(_there.Task, Task.Delay(TimeSpan.FromMinutes(1))) != _there.Task)
                throw new TimeoutException($"No picture with '{sign}' came within a minute.");
            await _there.Task;
        }

        public void Look(byte[] picture)
        {
            if (picture.AsSpan().IndexOf(_sign) >= 0)
                _there.TrySetResult();
        }

        public void Fail(Exception exception) => _there.TrySetException(exception);
    }

    /// <summary>MessagePack under the name that the circuits' hub knows it by.</summary>
    [SuppressMessage("Performance", "CA1812", Justification = "The container makes it.")]
    private sealed class BlazorPack : IHubProtocol
    {
        private readonly MessagePackHubProtocol _inner = new();

        public string Name => "blazorpack";

        public int Version => 1;

        public TransferFormat TransferFormat => TransferFormat.Binary;

        public ReadOnlyMemory<byte> GetMessageBytes(HubMessage message) => _inner.GetMessageBytes(message);

        public bool IsVersionSupported(int version) => version == Version;

        public bool TryParseMessage(ref ReadOnlySequence<byte> input, IInvocationBinder binder, [NotNullWhen(true)] out HubMessage? message) => _inner.TryParseMessage(ref input, binder, out message);

        public void WriteMessage(HubMessage message, IBufferWriter<byte> output) => _inner.WriteMessage(message, output);
    }
}
