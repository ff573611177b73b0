using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using ReleaseIntegrity.Contracts.Messages;
using ReleaseIntegrity.Masking;
using ReleaseIntegrity.Tests.Handoff.Masking;

namespace ReleaseIntegrity.Tests.Handoff.Service;

/// <summary>Invariant I9 over the whole service: responses, errors, trailers, URLs and log lines.</summary>
public class Nothing_leaves_unmasked
{
    [Fact]
    public async Task Over_every_rpc_and_in_every_log_line()
    {
        RandomDocument[] randoms = [.. Enumerable.Range(700, 4).Select(seed => new RandomDocument(seed))];
        string[] secrets = [.. randoms.SelectMany(r => r.Secrets).Distinct()];
        var said = new List<string>();
        await using HandoffHost host = await HandoffHost.StartAsync();
        foreach (RandomDocument random in randoms)
        {
            await Feed(host, random);
        }

        foreach (RandomDocument random in randoms)
        {
            string tuple = "tuples/" + new Masker(HandoffHost.Key).TupleId(random.Tuple);
            string tupleId = tuple["tuples/".Length..];
            foreach (MethodDescriptor method in Rpcs.All)
            {
                said.Add(await SaidAsync(host, method, Rpcs.RequestOf(method, tupleId)));
                foreach (string secret in random.Secrets)
                {
                    said.Add(await SaidAsync(host, method, Everywhere(method, secret)));
                }
            }

            said.Add(await host.Http.GetStringAsync($"/v1/{tuple}/ledger"));
            said.Add(await host.Http.GetStringAsync($"/v1/{tuple}/packages"));
            said.Add(await host.Http.GetStringAsync($"/v1/{tuple}/holds"));
        }

        Assert.True(said.Count > 100);
        string everything = string.Join('\n', said.Concat(host.Log).Distinct());
        Assert.DoesNotContain(secrets, s => Leaks.Shows(everything, s));
        Assert.Contains("#", everything, StringComparison.Ordinal);
    }

    private static async Task Feed(HandoffHost host, RandomDocument random)
    {
        LedgerChanged changed = HandoffHost.Changed(random, 1) with { HoldsOpened = ["manifest-digest/digest-identity-conflict"] };
        await host.Feed.Apply(changed);
        await host.Feed.Apply(changed);
        await host.Feed.Apply(HandoffHost.Prepared(random, 2));
        await host.Feed.Apply(HandoffHost.Prepared(random, 1));
        await Assert.ThrowsAnyAsync<Exception>(() => host.Feed.Apply(changed with { LedgerSha256 = "" }));
    }

    /// <summary>A request that has a text in every field that takes one.</summary>
    private static IMessage Everywhere(MethodDescriptor method, string text)
    {
        var request = (IMessage)Activator.CreateInstance(method.InputType.ClrType)!;
        foreach (FieldDescriptor field in method.InputType.Fields.InFieldNumberOrder().Where(f => f is { FieldType: FieldType.String, IsMap: false }))
        {
            if (field.IsRepeated)
            {
                ((System.Collections.IList)field.Accessor.GetValue(request)).Add(text);
            }
            else
            {
                field.Accessor.SetValue(request, text);
            }
        }

        return request;
    }

    /// <summary>Everything that came back, as text.</summary>
    private static async Task<string> SaidAsync(HandoffHost host, MethodDescriptor method, IMessage request)
    {
        Answer answer = await Rpcs.CallAsync(host.Channel, method, request);
        return answer.Refusal is { } refused
            ? string.Join('\n', refused.Trailers.Select(t => t.IsBinary ? Encoding.UTF8.GetString(t.ValueBytes) : t.Value).Append(refused.Status.Detail))
            : Encoding.UTF8.GetString(answer.Message?.ToByteArray() ?? []);
    }
}
